// login.* without a network: a script answers, and the time is virtual.

#include "adapter.h"
#include <string.h>

RELEASE(login_service)
RELEASE(login)
RELEASE(challenge)
RELEASE(auth_session)

const char *outcome_name(int32_t kind) {
  static const char *const names[] = {"", "pending", "fetched", "approved", "denied", "expired", "suspended", "canceled", "invalid", "released"};
  if (kind < 1 || kind > COUNTERMARK_OUTCOME_RELEASED) bad_request();
  return names[kind];
}

static countermark_str either(json_t *fields, const char *name, const char *wire_name) {
  return text_opt(fields, field(fields, name) ? name : wire_name);
}

// The requests that carry no name and address may leave them out.
countermark_login_service *a_service(json_t *fields) {
  countermark_login_service *service;
  countermark_login_config config = {
      .server = text_opt(fields, "server"),
      .fallback = text_opt(fields, "fallback"),
      .service_name = either(fields, "service_name", "servicename"),
      .service_address = either(fields, "service_address", "serviceaddress"),
      .plugin_name = either(fields, "plugin_name", "pluginname"),
      .api_method = either(fields, "api_method", "apimethod"),
      .show_access_pass = flag_or(fields, field(fields, "show_access_pass") ? "show_access_pass" : "showaccesspass", COUNTERMARK_DEFAULT),
      .allow_priority_code = flag_or(fields, "allow_priority_code", 0),
      .connect_timeout_ms = number_or(fields, "connect_timeout_ms", COUNTERMARK_DEFAULT),
      .total_timeout_ms = number_or(fields, "total_timeout_ms", COUNTERMARK_DEFAULT),
  };
  countermark_str request = text_opt(fields, "request");
  if (!request.ptr || !is(request, "start")) {
    if (!config.service_name.ptr) config.service_name = (countermark_str){"x", 1};
    if (!config.service_address.ptr) config.service_address = (countermark_str){"x", 1};
  }
  need(countermark_login_service_new(&config, &service, NULL));
  return keep(release_login_service, service);
}

static countermark_login *begin(countermark_login_service *service, json_t *fields, int64_t now_ms) {
  countermark_str id = text(fields, "secsignid");
  countermark_login *login;
  need(countermark_login_begin(service, id.ptr, id.len, now_ms, &login, NULL));
  return keep(release_login, login);
}

// Where the next text belongs. A text may hold a NUL, at which `snprintf` would end it.
static char *add(char *end, const char *name, countermark_str value) {
  size_t len = strlen(name);
  memcpy(end, name, len);
  if (value.len > 0) memcpy(end + len, value.ptr, value.len);
  return end + len + value.len;
}

// A session exists only through a begin, so one is begun and answered here.
static countermark_auth_session *a_session(countermark_login_service *service, json_t *fields) {
  int64_t created_ms = integer_or(fields, "created_ms", 0);
  countermark_login *login = begin(service, fields, created_ms);
  countermark_str id = text(fields, "secsignid"), number = text(fields, "authsessionid"), request = text(fields, "requestid");
  countermark_bytes *normal;
  countermark_challenge *challenge;
  need(countermark_login_on_store(login, COUNTERMARK_OK, created_ms, NULL));
  if (flag_or(fields, "on_fallback", 0)) {
    need(countermark_login_on_transport_error(login, COUNTERMARK_FAILURE_UNREACHABLE, COUNTERMARK_PHASE_NOT_SENT, created_ms, NULL));
  }
  need(countermark_normalize_secsign_id(id.ptr, id.len, &normal, NULL));
  json_decref(made(normal, "kept"));
  id = countermark_bytes_view(normal);
  size_t room = id.len + number.len + request.len + 80;
  char *reply = memory(room);
  char *end = add(reply, "authsessionid=", number);
  end = add(end, "&requestid=", request);
  end = add(end, "&authsessionstate=1&secsignid=", id);
  need(countermark_login_on_response(login, 200, reply, (size_t)(end - reply), created_ms, NULL));
  need(countermark_login_challenge(login, &challenge, NULL));
  keep(release_challenge, challenge);
  return keep(release_auth_session, countermark_challenge_session(challenge));
}

static countermark_login *task(countermark_login_service *service, countermark_auth_session *session, countermark_str name, int64_t deadline_ms,
                               int64_t now_ms) {
  countermark_login *login;
  if (is(name, "check") || is(name, "state")) {
    need(countermark_login_check(service, session, now_ms, &login, NULL));
  } else if (is(name, "wait")) {
    need(countermark_login_wait(service, session, deadline_ms, now_ms, &login, NULL));
  } else if (is(name, "cancel")) {
    need(countermark_login_cancel(service, session, now_ms, &login, NULL));
  } else if (is(name, "release")) {
    need(countermark_login_release(service, session, now_ms, &login, NULL));
  } else {
    bad_request();
  }
  return keep(release_login, login);
}

json_t *login_request(json_t *request) {
  countermark_login_service *service = a_service(request);
  countermark_str kind = text(request, "request"), type = {NULL, 0};
  countermark_step step;
  (void)request_kind(kind);
  countermark_login *login = is(kind, "start") ? begin(service, request, 0) : task(service, a_session(service, request), kind, 0, 0);
  need(countermark_login_poll(login, 0, &step, NULL));
  if (step.kind == COUNTERMARK_STEP_RESERVE) {
    need(countermark_login_on_store(login, COUNTERMARK_OK, 0, NULL));
    need(countermark_login_poll(login, 0, &step, NULL));
  }
  if (step.kind != COUNTERMARK_STEP_SEND) bad_request();
  const char *end = step.url.ptr + step.url.len, *path = step.url.ptr;
  for (int slashes = 0; path < end && !(*path == '/' && ++slashes == 3);) path++;
  for (size_t i = 0; i < step.headers_len; i++) {
    if (is(step.headers[i].name, "Content-Type")) type = step.headers[i].value;
  }
  return json_pack("{s:o, s:o, s:o, s:o}", "method", string(step.method), "path", string((countermark_str){path, (size_t)(end - path)}),
                   "content_type", string(type), "body", string(step.body));
}

static void feed(countermark_login *login, json_t *event, int64_t now_ms) {
  countermark_str failure = text_opt(event, "failure");
  if (failure.ptr) {
    countermark_str phase = text(event, "phase");
    int32_t kind = is(failure, "timeout")       ? COUNTERMARK_FAILURE_TIMEOUT
                   : is(failure, "unreachable") ? COUNTERMARK_FAILURE_UNREACHABLE
                   : is(failure, "tls")         ? COUNTERMARK_FAILURE_TLS
                                                : 0;
    int32_t far = is(phase, "not_sent") ? COUNTERMARK_PHASE_NOT_SENT : is(phase, "maybe_sent") ? COUNTERMARK_PHASE_MAYBE_SENT : 0;
    if (kind == 0 || far == 0) bad_request();
    need(countermark_login_on_transport_error(login, kind, far, now_ms, NULL));
    return;
  }
  countermark_str body = field(event, "body") ? text(event, "body") : bytes(event, "body_base64");
  need(countermark_login_on_response(login, number_or(event, "status", 200), body.ptr, body.len, now_ms, NULL));
}

// The store's answer to its call: that of the list, or done.
static countermark_status store_answer(json_t *refusals, size_t call) {
  json_t *name = json_array_get(refusals, call);
  if (!name || json_is_null(name)) return COUNTERMARK_OK;
  if (is(text_of(name), "REPLAYED")) return COUNTERMARK_REPLAYED;
  if (is(text_of(name), "STORE_UNAVAILABLE")) return COUNTERMARK_STORE_UNAVAILABLE;
  bad_request();
}

// Runs a task to its end: each request is answered by the next event. Gives what was sent and stored.
static json_t *drive(countermark_login *login, json_t *request, json_t *store, int64_t *now_ms) {
  json_t *events = list(request, "events"), *refusals = list(request, "store"), *requests = keep_json(json_array());
  size_t next = 0, last = json_array_size(events) - 1;
  int64_t abort_ms = integer_or(request, "abort_ms", INT64_MAX);
  for (;;) {
    countermark_step step;
    json_t *event = NULL;
    int64_t due_ms;
    need(countermark_login_poll(login, *now_ms, &step, NULL));
    if (step.kind == COUNTERMARK_STEP_DONE) return requests;
    if (step.kind == COUNTERMARK_STEP_RESERVE || step.kind == COUNTERMARK_STEP_RELEASE) {
      int reserve = step.kind == COUNTERMARK_STEP_RESERVE;
      countermark_status status = store_answer(refusals, json_array_size(store));
      json_t *line = json_pack("{s:I, s:o}", "at_ms", (json_int_t)*now_ms, reserve ? "reserve" : "release", string(step.key));
      if (reserve) json_object_set_new(line, "until_ms", json_integer(step.until_ms));
      json_array_append_new(store, line);
      need(countermark_login_on_store(login, status, *now_ms, NULL));
      continue;
    }
    due_ms = step.until_ms;
    if (step.kind == COUNTERMARK_STEP_SEND) {
      json_array_append_new(requests, json_pack("{s:I, s:o, s:o}", "at_ms", (json_int_t)*now_ms, "url", string(step.url), "body", string(step.body)));
      event = json_array_get(events, next > last && flag_or(request, "repeat", 0) ? last : next);
      next++;
      if (!event) bad_request();
      due_ms = *now_ms + integer_or(event, "after_ms", 0);
    }
    if (abort_ms <= due_ms) {
      *now_ms = abort_ms;
      abort_ms = INT64_MAX;
      need(countermark_login_abort(login, *now_ms, NULL));
      continue;
    }
    *now_ms = due_ms;
    if (event) feed(login, event, *now_ms);
  }
}

static countermark_status result(countermark_login *login, json_t *ok) {
  countermark_login_outcome outcome;
  countermark_challenge *challenge;
  countermark_status status = countermark_login_get_outcome(login, &outcome, NULL);
  if (status != COUNTERMARK_OK) return status;
  json_object_set_new(ok, "outcome", json_string(outcome_name(outcome.kind)));
  put(ok, "authenticated_id", outcome.secsign_id);
  if (countermark_login_challenge(login, &challenge, NULL) == COUNTERMARK_OK) {
    keep(release_challenge, challenge);
    countermark_auth_session *session = keep(release_auth_session, countermark_challenge_session(challenge));
    put(ok, "secsignid", countermark_auth_session_secsign_id(session));
    put(ok, "authsessionid", countermark_auth_session_auth_session_id(session));
    json_object_set_new(ok, "access_pass", json_boolean(countermark_challenge_access_pass_png(challenge).ptr != NULL));
  }
  return COUNTERMARK_OK;
}

json_t *login_machine(json_t *request) {
  countermark_login_service *service = a_service(request);
  countermark_str name = text(request, "task");
  int64_t now_ms = integer(request, "now_ms");
  json_t *opened = object_opt(request, "session"), *ok = keep_json(json_object());
  countermark_login *login;
  if (!opened) {
    if (!is(name, "begin")) bad_request();
    login = begin(service, request, now_ms);
  } else {
    countermark_login_service *opener = field(opened, "service_name") ? a_service(opened) : service;
    login = task(service, a_session(opener, opened), name, integer_or(request, "deadline_ms", INT64_MAX), now_ms);
  }
  json_t *store = keep_json(json_array()), *requests = drive(login, request, store, &now_ms);
  countermark_status status = result(login, ok);
  if (!flag_or(request, "transcript", 0)) {
    need(status);
    return json_incref(ok);
  }
  if (status != COUNTERMARK_OK) put(ok, "error", error_name(status));
  json_object_set(ok, "requests", requests);
  json_object_set(ok, "store", store);
  json_object_set_new(ok, "retries", json_integer(countermark_login_retries(login)));
  json_object_set_new(ok, "ended_ms", json_integer(now_ms));
  return json_incref(ok);
}
