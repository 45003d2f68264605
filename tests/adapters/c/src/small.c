// meta.*, ident.*, reply.*, access_pass.*, deep_link.*, return_url.*, replay.*, seal.*

#include "adapter.h"

RELEASE(server_reply)
RELEASE(access_pass)
RELEASE(app_link)
RELEASE(replay_memory)
RELEASE(sealer)
RELEASE(auth_session)

json_t *meta_errors(json_t *request) {
  json_t *rows = json_array();
  (void)request;
  for (size_t i = 0; i < countermark_error_table_len(); i++) {
    countermark_error_row row;
    need(countermark_error_table_row(i, &row, NULL));
    json_array_append_new(rows, json_pack("{s:i, s:o, s:o, s:b, s:i}", "number", row.number, "name", string(row.name), "class",
                                          string(row.group), "retryable", row.retryable, "http_status", (int)row.http_status));
  }
  return json_pack("{s:o}", "errors", rows);
}

json_t *meta_version(json_t *request) {
  (void)request;
  return json_pack("{s:o, s:i}", "version", string(countermark_version()), "abi", (int)countermark_abi_version());
}

json_t *meta_states(json_t *request) {
  json_t *rows = json_array();
  (void)request;
  for (size_t i = 0; i < countermark_state_table_len(); i++) {
    countermark_state_row row;
    need(countermark_state_table_row(i, &row, NULL));
    json_array_append_new(rows, json_pack("{s:i, s:o, s:b}", "number", (int)row.number, "name", string(row.name), "terminal", row.is_terminal));
  }
  return json_pack("{s:o}", "states", rows);
}

json_t *ident_normalize(json_t *request) {
  countermark_str id = text(request, "secsignid");
  countermark_bytes *out;
  need(countermark_normalize_secsign_id(id.ptr, id.len, &out, NULL));
  return made(out, "secsignid");
}

int32_t request_kind(countermark_str name) {
  if (is(name, "start")) return COUNTERMARK_REQUEST_START;
  if (is(name, "state")) return COUNTERMARK_REQUEST_STATE;
  if (is(name, "cancel")) return COUNTERMARK_REQUEST_CANCEL;
  if (is(name, "release")) return COUNTERMARK_REQUEST_RELEASE;
  bad_request();
}

json_t *reply_parse(json_t *request) {
  int32_t kind = request_kind(text(request, "request"));
  countermark_str body = bytes(request, "body_base64");
  countermark_server_reply *reply;
  countermark_server_reply_view view;
  need(countermark_server_reply_parse(kind, body.ptr, body.len, &reply, NULL));
  keep(release_server_reply, reply);
  need(countermark_server_reply_read(reply, &view, NULL));
  json_t *ok = json_object();
  put(ok, "secsignid", view.secsign_id);
  put(ok, "authsessionid", view.auth_session_id);
  put(ok, "requestid", view.request_id);
  put(ok, "servicename", view.service_name);
  put(ok, "serviceaddress", view.service_address);
  put(ok, "access_pass_base64", view.access_pass_base64);
  if (view.state != COUNTERMARK_DEFAULT) json_object_set_new(ok, "state", json_integer(view.state));
  if (view.unknown_fields > 0) json_object_set_new(ok, "unknown_fields", json_integer(view.unknown_fields));
  return ok;
}

json_t *access_pass_check(json_t *request) {
  countermark_str icon = text(request, "icon");
  countermark_access_pass *pass;
  countermark_access_pass_view view;
  need(countermark_access_pass_from_base64(icon.ptr, icon.len, &pass, NULL));
  keep(release_access_pass, pass);
  need(countermark_access_pass_read(pass, &view, NULL));
  return json_pack("{s:i, s:i, s:o}", "width", (int)view.width, "height", (int)view.height, "data_uri", string(view.data_uri));
}

json_t *deep_link_build(json_t *request) {
  countermark_str scheme = text_opt(request, "scheme"), server = text(request, "id_server");
  countermark_app_link *link;
  countermark_bytes *out;
  need(countermark_app_link_new(scheme.ptr, scheme.len, server.ptr, server.len, &link, NULL));
  keep(release_app_link, link);
  countermark_str id = text(request, "secsignid"), session = text(request, "authsessionid"), url = text(request, "return_url");
  need(countermark_app_link_authenticate(link, id.ptr, id.len, session.ptr, session.len, url.ptr, url.len, &out, NULL));
  return made(out, "link");
}

json_t *return_url_check(json_t *request) {
  countermark_str base = text(request, "base"), candidate = text(request, "candidate"), fallback = text(request, "default");
  countermark_bytes *out;
  need(countermark_safe_return_url(base.ptr, base.len, candidate.ptr, candidate.len, fallback.ptr, fallback.len, &out, NULL));
  return made(out, "url");
}

static json_t *replay_step(countermark_replay_memory *used, json_t *event) {
  countermark_str key = text(event, "key"), op = text(event, "op");
  countermark_status status;
  int32_t held = 1;
  if (is(op, "reserve")) {
    int64_t now_ms = integer(event, "now_ms"), until_ms;
    if (__builtin_mul_overflow(integer(event, "ttl_s"), 1000, &until_ms) || __builtin_add_overflow(until_ms, now_ms, &until_ms)) bad_request();
    status = countermark_replay_memory_reserve(used, key.ptr, key.len, until_ms, now_ms, NULL);
  } else if (is(op, "commit")) {
    status = countermark_replay_memory_commit(used, key.ptr, key.len, &held, NULL);
  } else if (is(op, "is_committed")) {
    status = countermark_replay_memory_is_committed(used, key.ptr, key.len, &held, NULL);
  } else if (is(op, "release")) {
    status = countermark_replay_memory_release(used, key.ptr, key.len, &held, NULL);
  } else {
    bad_request();
  }
  return status == COUNTERMARK_OK ? json_boolean(held) : string(error_name(status));
}

json_t *replay_run(json_t *request) {
  json_t *event, *results = keep_json(json_array());
  size_t index;
  countermark_replay_memory *used;
  if (!is(text(request, "store"), "memory")) bad_request();
  need(countermark_replay_memory_new(integer_or(request, "capacity", COUNTERMARK_DEFAULT), &used, NULL));
  keep(release_replay_memory, used);
  json_array_foreach(list(request, "events"), index, event) json_array_append_new(results, replay_step(used, event));
  return json_pack("{s:O}", "results", results);
}

json_t *seal_open_foreign(json_t *request) {
  countermark_seal_key key = {.id = text_opt(request, "key_id"), .secret = bytes(request, "key_base64"),
                              .not_before_ms = COUNTERMARK_ALWAYS_BEFORE, .not_after_ms = COUNTERMARK_ALWAYS_AFTER};
  countermark_str name = text_opt(request, "service_name"), address = text_opt(request, "service_address");
  countermark_str token = text(request, "token"), binding = text(request, "binding");
  countermark_sealer *sealer;
  countermark_auth_session *session;
  if (!key.id.ptr) key.id = (countermark_str){"1", 1};
  need(countermark_sealer_new(&key, 1, name.ptr, name.len, address.ptr, address.len, &sealer, NULL));
  keep(release_sealer, sealer);
  need(countermark_sealer_open(sealer, token.ptr, token.len, binding.ptr, binding.len, integer(request, "now_ms"), &session, NULL));
  keep(release_auth_session, session);
  return json_pack("{s:o, s:o, s:o, s:o, s:I}", "secsignid", string(countermark_auth_session_secsign_id(session)), "authsessionid",
                   string(countermark_auth_session_auth_session_id(session)), "service_name",
                   string(countermark_auth_session_service_name(session)), "service_address",
                   string(countermark_auth_session_service_address(session)), "created_at_ms",
                   (json_int_t)countermark_auth_session_created_at_ms(session));
}
