// webhook.*

#include "adapter.h"
#include <string.h>

RELEASE(webhook_verifier)
RELEASE(verified_webhook)
RELEASE(webhook_explainer)
RELEASE(webhook_explanation)
RELEASE(webhook_signer)
RELEASE(signed_webhook)
RELEASE(webhook_answer)
RELEASE(bytes)

static countermark_webhook_key a_key(json_t *fields) {
  return (countermark_webhook_key){.id = text(fields, "id"), .secret = text(fields, "secret"), .encoding = text_opt(fields, "encoding"),
                                   .not_before_ms = integer_or(fields, "not_before_ms", COUNTERMARK_ALWAYS_BEFORE),
                                   .not_after_ms = integer_or(fields, "not_after_ms", COUNTERMARK_ALWAYS_AFTER)};
}

static countermark_webhook_config a_config(json_t *request) {
  json_t *keys = list(request, "keys"), *one = object_opt(request, "key"), *key;
  size_t len = one ? 1 : json_array_size(keys), index;
  countermark_webhook_key *ring = memory(len * sizeof *ring);
  if (one) {
    ring[0] = a_key(one);
  } else {
    json_array_foreach(keys, index, key) ring[index] = a_key(key);
  }
  return (countermark_webhook_config){.scheme = text(request, "scheme"), .keys = ring, .keys_len = len,
                                      .max_age_s = number_or(request, "max_age_s", COUNTERMARK_DEFAULT),
                                      .max_future_s = number_or(request, "max_future_s", COUNTERMARK_DEFAULT),
                                      .max_body_bytes = number_or(request, "max_body_bytes", COUNTERMARK_DEFAULT),
                                      .ignore_time = !flag_or(request, "check_time", 1)};
}

static countermark_webhook_request a_request(json_t *request) {
  json_t *headers = list(request, "headers"), *header;
  countermark_pair *views = memory(json_array_size(headers) * sizeof *views);
  size_t index;
  json_array_foreach(headers, index, header) {
    if (json_array_size(header) != 2) bad_request();
    views[index] = (countermark_pair){text_of(json_array_get(header, 0)), text_of(json_array_get(header, 1))};
  }
  return (countermark_webhook_request){.method = text_opt(request, "method"), .url = text_opt(request, "url"),
                                       .query = text_opt(request, "query"), .headers = views, .headers_len = json_array_size(headers)};
}

json_t *webhook_site_origin(json_t *request) {
  countermark_webhook_config config = a_config(request);
  countermark_str origin = text_opt(request, "origin");
  countermark_webhook_verifier *verifier;
  countermark_bytes *out;
  need(countermark_webhook_verifier_new(&config, &verifier, NULL));
  keep(release_webhook_verifier, verifier);
  need(countermark_webhook_verifier_site_origin(verifier, origin.ptr, origin.len, &out, NULL));
  return made(out, "origin");
}

json_t *webhook_verify(json_t *request) {
  countermark_webhook_config config = a_config(request);
  countermark_webhook_request received = a_request(request);
  countermark_str body = bytes(request, "body_base64");
  countermark_webhook_verifier *verifier;
  countermark_verified_webhook *webhook;
  countermark_verified_webhook_view view;
  need(countermark_webhook_verifier_new(&config, &verifier, NULL));
  keep(release_webhook_verifier, verifier);
  need(countermark_webhook_verifier_verify(verifier, &received, body.ptr, body.len, integer(request, "now_ms"), &webhook, NULL));
  keep(release_verified_webhook, webhook);
  need(countermark_verified_webhook_read(webhook, &view, NULL));
  json_t *ok = json_object();
  put(ok, "key_id", view.key_id);
  put(ok, "message_id", view.message_id);
  if (view.timestamp_ms != COUNTERMARK_NO_TIME) json_object_set_new(ok, "timestamp_ms", json_integer(view.timestamp_ms));
  json_object_set_new(ok, "covers", strings(view.covers, view.covers_len));
  put(ok, "replay_key", view.replay_key);
  return ok;
}

static json_t *detail(const countermark_webhook_cause *cause) {
  json_t *it = json_pack("{s:o}", "certainty", string(cause->certainty));
  if (cause->subject.len) put(it, "subject", cause->subject);
  if (cause->fits.len) put(it, "fits", cause->fits);
  if (cause->row.unit.len) json_object_set_new(it, "amount", json_integer(cause->amount));
  return it;
}

json_t *webhook_explain(json_t *request) {
  countermark_webhook_config config = a_config(request);
  countermark_webhook_request received = a_request(request);
  countermark_str body = bytes(request, "body_base64");
  countermark_webhook_explainer *explainer;
  countermark_webhook_explanation *explanation;
  countermark_webhook_explanation_view view;
  need(countermark_webhook_explainer_new(&config, &explainer, NULL));
  keep(release_webhook_explainer, explainer);
  need(countermark_webhook_explainer_explain(explainer, &received, body.ptr, body.len, integer(request, "now_ms"), &explanation, NULL));
  keep(release_webhook_explanation, explanation);
  need(countermark_webhook_explanation_read(explanation, &view, NULL));
  json_t *causes = json_array(), *details = json_array();
  for (size_t i = 0; i < view.causes_len; i++) {
    json_array_append_new(causes, string(view.causes[i].row.name));
    json_array_append_new(details, detail(&view.causes[i]));
  }
  json_t *ok = json_pack("{s:b, s:o, s:o, s:b, s:I}", "verified", view.error == COUNTERMARK_OK, "causes", causes, "details", details,
                         "complete", view.complete, "body_len", (json_int_t)view.body_len);
  put(ok, "body_sha256", view.body_sha256);
  if (view.error != COUNTERMARK_OK) put(ok, "error", error_name(view.error));
  return ok;
}

json_t *webhook_sign(json_t *request) {
  countermark_webhook_config config = a_config(request);
  countermark_webhook_request sent = a_request(request);
  countermark_str body = bytes(request, "body_base64"), id = text_opt(request, "message_id");
  countermark_webhook_signer *signer;
  countermark_signed_webhook *webhook;
  countermark_signed_webhook_view view;
  need(countermark_webhook_signer_new(&config, &signer, NULL));
  keep(release_webhook_signer, signer);
  need(countermark_webhook_signer_sign(signer, &sent, body.ptr, body.len, id.ptr, id.len, integer(request, "now_ms"), &webhook, NULL));
  keep(release_signed_webhook, webhook);
  need(countermark_signed_webhook_read(webhook, &view, NULL));
  json_t *ok = json_pack("{s:o}", "headers", pairs(view.headers, view.headers_len));
  put(ok, "url", view.url);
  put(ok, "query", view.query);
  if (view.body.ptr) json_object_set_new(ok, "body_base64", base64(view.body));
  return ok;
}

static json_t *show(countermark_webhook_answer *answer) {
  countermark_webhook_answer_view view;
  if (!answer) return json_null();
  keep(release_webhook_answer, answer);
  need(countermark_webhook_answer_read(answer, &view, NULL));
  return json_pack("{s:i, s:o, s:o}", "status", (int)view.status, "content_type", string(view.content_type), "body_base64", base64(view.body));
}

json_t *webhook_handshake(json_t *request) {
  static const char *const orders[] = {NULL, "before_verify", "after_verify"};
  countermark_str scheme = text(request, "scheme"), secret = text_opt(request, "secret");
  countermark_str body = field(request, "body_base64") ? bytes(request, "body_base64") : (countermark_str){NULL, 0};
  countermark_webhook_request received = a_request(request);
  countermark_webhook_answer *answer;
  countermark_bytes *handed;
  need(countermark_webhook_handshake_answer(scheme.ptr, scheme.len, secret.ptr, secret.len, &received, body.ptr, body.len, &answer, NULL));
  json_t *shown = show(answer);
  need(countermark_webhook_handshake_secret(scheme.ptr, scheme.len, body.ptr, body.len, &handed, NULL));
  keep(release_bytes, handed);
  int32_t order = countermark_webhook_handshake_order(scheme.ptr, scheme.len);
  return json_pack("{s:s?, s:o, s:b}", "order", orders[order], "answer", shown, "hands_over_secret", handed != NULL);
}

json_t *webhook_status(json_t *request) {
  countermark_str scheme = text(request, "scheme"), name = text_opt(request, "error");
  countermark_webhook_answer *answer;
  countermark_error_row row;
  if (!name.ptr) {
    need(countermark_webhook_success(scheme.ptr, scheme.len, &answer, NULL));
    return show(answer);
  }
  for (size_t i = 0; countermark_error_table_row(i, &row, NULL) == COUNTERMARK_OK; i++) {
    if (row.name.len == name.len && memcmp(row.name.ptr, name.ptr, name.len) == 0) break;
  }
  if (row.number == 0) bad_request();
  return json_pack("{s:i}", "status", (int)countermark_webhook_error_status(scheme.ptr, scheme.len, row.number));
}
