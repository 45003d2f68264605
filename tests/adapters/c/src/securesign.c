// securesign.*: the reply is scripted, or that of a server.

#include "adapter.h"
#include "curl_transport.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

RELEASE(securesign_client)
RELEASE(securesign_call)
RELEASE(securesign_hint)
RELEASE(securesign_result)
RELEASE(replay_memory)

static countermark_securesign_client *a_client(json_t *request) {
  json_t *hosts = list(request, "callback_hosts"), *host;
  countermark_str *views = memory(json_array_size(hosts) * sizeof *views), server = text_opt(request, "server");
  countermark_securesign_client *client;
  size_t index;
  json_array_foreach(hosts, index, host) views[index] = text_of(host);
  countermark_securesign_config config = {.base_url = text_opt(request, "base_url"), .environment = text(request, "environment"),
                                          .api_key = text(request, "api_key"), .tenant_id = text(request, "tenant_id"),
                                          .callback_hosts = views, .callback_hosts_len = json_array_size(hosts),
                                          .clock_skew_s = number_or(request, "clock_skew_s", COUNTERMARK_DEFAULT)};
  if (server.ptr) {
    char *url = memory(server.len + 4);
    memcpy(url, server.ptr, server.len);
    while (server.len > 0 && url[server.len - 1] == '/') server.len--;
    memcpy(url + server.len, "/v1", 3);
    config.base_url = (countermark_str){url, server.len + 3};
  }
  need(countermark_securesign_client_new(&config, &client, NULL));
  return keep(release_securesign_client, client);
}

static countermark_securesign_request a_request(json_t *request) {
  return (countermark_securesign_request){.request_id = text(request, "request_id"), .hash = bytes(request, "hash_base64"),
                                          .algorithm = text(request, "hash_algo"), .callback_url = text(request, "callback_url")};
}

static void feed(countermark_securesign_call *call, json_t *reply, int64_t now_ms) {
  countermark_str failure = text_opt(reply, "failure");
  if (failure.ptr) {
    int32_t kind = is(failure, "timeout")       ? COUNTERMARK_FAILURE_TIMEOUT
                   : is(failure, "unreachable") ? COUNTERMARK_FAILURE_UNREACHABLE
                   : is(failure, "tls")         ? COUNTERMARK_FAILURE_TLS
                                                : 0;
    if (kind == 0) bad_request();
    need(countermark_securesign_call_on_transport_error(call, kind, COUNTERMARK_PHASE_MAYBE_SENT, now_ms, NULL));
    return;
  }
  countermark_str body = field(reply, "body") ? text(reply, "body") : bytes(reply, "body_base64");
  size_t times = (size_t)number_or(reply, "times", 1);
  char *whole = memory(body.len * times);
  for (size_t i = 0; i < times; i++) memcpy(whole + i * body.len, body.ptr, body.len);
  integer(reply, "status");
  need(countermark_securesign_call_on_response(call, number_or(reply, "status", 0), whole, body.len * times, now_ms, NULL));
}

static void ask_server(countermark_securesign_call *call, const countermark_step *step) {
  curl_reply reply = curl_transport_send(step, NULL);
  countermark_status status =
      reply.failure ? countermark_securesign_call_on_transport_error(call, reply.failure, reply.phase, now_in_ms(), NULL)
                    : countermark_securesign_call_on_response(call, reply.status, reply.body, reply.body_len, now_in_ms(), NULL);
  free(reply.body);
  need(status);
}

// Runs the call; gives what is sent if there is nobody to answer it, else NULL.
static json_t *run(countermark_securesign_call *call, json_t *request) {
  int64_t now_ms = integer_or(request, "now_ms", 0);
  json_t *reply = object_opt(request, "reply");
  countermark_step step;
  keep(release_securesign_call, call);
  need(countermark_securesign_call_poll(call, now_ms, &step, NULL));
  if (field(request, "server")) {
    ask_server(call, &step);
  } else if (reply) {
    feed(call, reply, now_ms);
  } else {
    return json_pack("{s:o, s:o, s:o, s:o}", "method", string(step.method), "url", string(step.url), "headers",
                     pairs(step.headers, step.headers_len), "body", string(step.body));
  }
  return NULL;
}

json_t *securesign_validate(json_t *request) {
  countermark_str platform = text(request, "platform"), origin = text(request, "origin");
  countermark_securesign_call *call;
  countermark_securesign_validation validation;
  need(countermark_securesign_validate(a_client(request), origin.ptr, origin.len, platform.ptr, platform.len, &call, NULL));
  json_t *sent = run(call, request);
  if (sent) return sent;
  need(countermark_securesign_call_validation(call, &validation, NULL));
  json_t *ok = json_pack("{s:o}", "tenant_id", string(validation.tenant_id));
  if (validation.rpm != COUNTERMARK_DEFAULT) json_object_set_new(ok, "rpm", json_integer(validation.rpm));
  return ok;
}

json_t *securesign_session(json_t *request) {
  countermark_securesign_client *client = a_client(request);
  countermark_securesign_request wanted = a_request(request);
  countermark_securesign_call *call;
  countermark_securesign_session session;
  need(countermark_securesign_open_session(client, &wanted, &call, NULL));
  json_t *sent = run(call, request);
  if (sent) return sent;
  need(countermark_securesign_call_session(call, &session, NULL));
  return json_pack("{s:o, s:I, s:o}", "session_id", string(session.session_id), "expires_at_ms", (json_int_t)session.expires_at_ms, "deep_link",
                   string(session.deep_link));
}

json_t *securesign_deep_link(json_t *request) {
  countermark_securesign_client *client = a_client(request);
  countermark_securesign_request wanted = a_request(request);
  countermark_bytes *out;
  need(countermark_securesign_deep_link(client, &wanted, flag_or(request, "with_api_key", 0), &out, NULL));
  return made(out, "deep_link");
}

json_t *securesign_origin(json_t *request) {
  countermark_str origin = text(request, "origin"), environment = text(request, "environment");
  countermark_bytes *out;
  need(countermark_securesign_origin(origin.ptr, origin.len, environment.ptr, environment.len, &out, NULL));
  return made(out, "origin");
}

json_t *securesign_hint(json_t *request) {
  countermark_str query = text(request, "query");
  countermark_securesign_hint *hint;
  countermark_securesign_hint_view view;
  need(countermark_securesign_read_callback(query.ptr, query.len, &hint, NULL));
  keep(release_securesign_hint, hint);
  need(countermark_securesign_hint_read(hint, &view, NULL));
  json_t *ok = json_pack("{s:o, s:b}", "request_id", string(view.request_id), "claims_success", view.claims_success);
  put(ok, "code", view.code);
  if (view.signature.ptr) json_object_set_new(ok, "signature_base64", base64(view.signature));
  if (view.signed_at_ms != COUNTERMARK_NO_TIME) json_object_set_new(ok, "signed_at_ms", json_integer(view.signed_at_ms));
  return ok;
}

static countermark_status complete(const countermark_securesign_client *client, countermark_replay_memory *used, json_t *request,
                                   countermark_str query, countermark_securesign_result_view *view) {
  countermark_str certificate = bytes(request, "certificate_base64");
  int64_t now_ms = integer(request, "now_ms");
  countermark_securesign_hint *hint;
  countermark_securesign_hint_view claimed;
  countermark_securesign_pending pending = {0};
  countermark_securesign_result *result;
  json_t *stored;
  size_t index;
  countermark_status status = countermark_securesign_read_callback(query.ptr, query.len, &hint, NULL);
  if (status != COUNTERMARK_OK) return status;
  keep(release_securesign_hint, hint);
  need(countermark_securesign_hint_read(hint, &claimed, NULL));
  json_array_foreach(list(request, "pending"), index, stored) {
    countermark_str id = text(stored, "request_id");
    if (pending.request_id.ptr || id.len != claimed.request_id.len || memcmp(id.ptr, claimed.request_id.ptr, id.len) != 0) continue;
    pending = (countermark_securesign_pending){.request_id = id, .hash = bytes(stored, "hash_base64"), .algorithm = text(stored, "hash_algo"),
                                               .expires_at_ms = integer(stored, "expires_at_ms")};
  }
  if (!pending.request_id.ptr) return COUNTERMARK_UNKNOWN_REQUEST;
  status = countermark_securesign_complete(client, hint, &pending, certificate.ptr, certificate.len, now_ms, &result, NULL);
  if (status != COUNTERMARK_OK) return status;
  keep(release_securesign_result, result);
  need(countermark_securesign_result_read(result, view, NULL));
  status = countermark_replay_memory_reserve(used, view->once_key.ptr, view->once_key.len, now_ms + (int64_t)view->once_ttl_s * 1000, now_ms, NULL);
  return status == COUNTERMARK_REPLAYED ? COUNTERMARK_ALREADY_CONSUMED : status;
}

// The callbacks in their order; the answer is that of the last, whatever became of those before it.
json_t *securesign_callback(json_t *request) {
  countermark_securesign_client *client = a_client(request);
  json_t *queries = list(request, "queries"), *query;
  countermark_replay_memory *used;
  countermark_securesign_result_view view;
  countermark_status last = COUNTERMARK_OK;
  size_t index;
  if (json_array_size(queries) == 0) bad_request();
  need(countermark_replay_memory_new(COUNTERMARK_DEFAULT, &used, NULL));
  keep(release_replay_memory, used);
  json_array_foreach(queries, index, query) last = complete(client, used, request, text_of(query), &view);
  need(last);
  return json_pack("{s:o, s:o, s:o, s:I}", "request_id", string(view.request_id), "certificate_serial", string(view.certificate_serial),
                   "once_key", string(view.once_key), "once_ttl_s", (json_int_t)view.once_ttl_s);
}

json_t *securesign_code(json_t *request) {
  countermark_str code = text(request, "code");
  return json_pack("{s:o, s:o}", "code", string(countermark_securesign_code_name(code.ptr, code.len)), "retry",
                   string(countermark_securesign_code_retry(code.ptr, code.len)));
}

json_t *securesign_pin_status(json_t *request) {
  countermark_str status = text(request, "status");
  return json_pack("{s:o, s:b}", "status", string(countermark_securesign_pin_status_name(status.ptr, status.len)), "permits_signing",
                   countermark_securesign_pin_status_permits_signing(status.ptr, status.len));
}

json_t *securesign_pin_session(json_t *request) {
  int32_t open;
  need(countermark_securesign_pin_session_is_open(integer(request, "last_use_ms"), number_or(request, "idle_ms", COUNTERMARK_DEFAULT),
                                                  integer(request, "now_ms"), &open, NULL));
  return json_pack("{s:b}", "open", open);
}

json_t *securesign_rate_limit(json_t *request) {
  json_t *calls = list(request, "calls_ms"), *call;
  int64_t *times = memory(json_array_size(calls) * sizeof *times), wait_ms;
  size_t index;
  json_array_foreach(calls, index, call) {
    if (!json_is_integer(call)) bad_request();
    times[index] = json_integer_value(call);
  }
  integer(request, "rpm");
  need(countermark_securesign_rate_limit_wait_ms(times, json_array_size(calls), number_or(request, "rpm", 0), integer(request, "now_ms"),
                                                 &wait_ms, NULL));
  return json_pack("{s:I}", "wait_ms", (json_int_t)wait_ms);
}
