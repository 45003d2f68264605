// login.run: the step machine against a real server, over libcurl.

#include "adapter.h"
#include "curl_transport.h"
#include <stdlib.h>

RELEASE(login)
RELEASE(challenge)
RELEASE(auth_session)
RELEASE(store_key)
RELEASE(replay_memory)
RELEASE(error)

// Runs a task to its end.
static countermark_status drive(countermark_login *login, const char *roots) {
  for (;;) {
    countermark_step step;
    countermark_status status = countermark_login_poll(login, now_in_ms(), &step, NULL);
    if (status != COUNTERMARK_OK || step.kind == COUNTERMARK_STEP_DONE) return status;
    if (step.kind == COUNTERMARK_STEP_WAIT) {
      sleep_until_ms(step.until_ms);
      continue;
    }
    curl_reply reply = curl_transport_send(&step, roots);
    status = reply.failure
                 ? countermark_login_on_transport_error(login, reply.failure, reply.phase, now_in_ms(), NULL)
                 : countermark_login_on_response(login, reply.status, reply.body, reply.body_len, now_in_ms(), NULL);
    free(reply.body);
    if (status != COUNTERMARK_OK) return status;
  }
}

typedef struct {
  countermark_login_service *service;
  countermark_replay_memory *store;
  countermark_str secsign_id;
  const char *roots;
  int64_t deadline_ms;
  countermark_auth_session *session;
  json_t *authenticated_id;
} run;

static countermark_status add(run *it, countermark_store_key *key, countermark_status taken) {
  countermark_str name = countermark_store_key_text(key);
  int64_t now_ms = now_in_ms(), until_ms = now_ms + (int64_t)countermark_store_key_ttl_s(key) * 1000;
  countermark_status status = countermark_replay_memory_reserve(it->store, name.ptr, name.len, until_ms, now_ms, NULL);
  return status == COUNTERMARK_REPLAYED ? taken : status;
}

static void drop(run *it, countermark_store_key *key) {
  countermark_str name = countermark_store_key_text(key);
  int32_t held;
  need(countermark_replay_memory_release(it->store, name.ptr, name.len, &held, NULL));
}

static countermark_status in_flight(run *it, countermark_str id, countermark_store_key **key) {
  countermark_status status = countermark_login_in_flight_key(it->service, id.ptr, id.len, key, NULL);
  keep(release_store_key, *key);
  return status;
}

static countermark_status start(run *it) {
  countermark_store_key *guard;
  countermark_login *login;
  countermark_challenge *challenge;
  countermark_error *error = NULL;
  countermark_status status = in_flight(it, it->secsign_id, &guard);
  if (status != COUNTERMARK_OK) return status;
  status = countermark_login_begin(it->service, it->secsign_id.ptr, it->secsign_id.len, now_in_ms(), &login, NULL);
  if (status == COUNTERMARK_OK) status = add(it, guard, COUNTERMARK_BUSY);
  if (status != COUNTERMARK_OK) return status;
  keep(release_login, login);
  need(drive(login, it->roots));
  status = countermark_login_challenge(login, &challenge, &error);
  keep(release_challenge, challenge);
  keep(release_error, error);
  // A session may exist at the server unless nothing was sent, or the server itself refused.
  if (status != COUNTERMARK_OK && (!countermark_login_may_have_been_sent(login) || countermark_error_server_error(error).ptr)) drop(it, guard);
  if (status == COUNTERMARK_OK) it->session = keep(release_auth_session, countermark_challenge_session(challenge));
  return status;
}

// An approval is used once, and whoever sees the end first makes room for the next login.
static countermark_status end(run *it, const countermark_login_outcome *outcome) {
  countermark_store_key *once, *guard;
  need(countermark_login_once_key(it->service, it->session, &once, NULL));
  keep(release_store_key, once);
  countermark_status status = add(it, once, COUNTERMARK_ALREADY_CONSUMED);
  if (status == COUNTERMARK_ALREADY_CONSUMED && outcome->kind != COUNTERMARK_OUTCOME_APPROVED) return COUNTERMARK_OK;
  if (status == COUNTERMARK_OK && outcome->kind != COUNTERMARK_OUTCOME_SUSPENDED) {
    need(in_flight(it, countermark_auth_session_secsign_id(it->session), &guard));
    drop(it, guard);
  }
  return status;
}

static countermark_status later(run *it, countermark_str step, countermark_login_outcome *outcome) {
  int64_t now_ms = now_in_ms();
  int64_t deadline_ms = it->deadline_ms == INT64_MAX ? INT64_MAX : now_ms + it->deadline_ms;
  countermark_login *login;
  countermark_status status;
  if (!it->session) return COUNTERMARK_WRONG_STATE;
  if (is(step, "check")) {
    status = countermark_login_check(it->service, it->session, now_ms, &login, NULL);
  } else if (is(step, "wait")) {
    status = countermark_login_wait(it->service, it->session, deadline_ms, now_ms, &login, NULL);
  } else if (is(step, "cancel")) {
    status = countermark_login_cancel(it->service, it->session, now_ms, &login, NULL);
  } else if (is(step, "release")) {
    status = countermark_login_release(it->service, it->session, now_ms, &login, NULL);
  } else {
    bad_request();
  }
  if (status != COUNTERMARK_OK) return status;
  keep(release_login, login);
  need(drive(login, it->roots));
  status = countermark_login_get_outcome(login, outcome, NULL);
  int is_open = outcome->kind == COUNTERMARK_OUTCOME_PENDING || outcome->kind == COUNTERMARK_OUTCOME_FETCHED;
  if (status != COUNTERMARK_OK || is_open || is(step, "release")) return status;
  return end(it, outcome);
}

json_t *login_run(json_t *request) {
  countermark_str roots = text_opt(request, "ca_pem");
  json_t *step, *trace = json_array();
  size_t index;
  // Without a server, the client would turn to the public one.
  (void)text(request, "server");
  run it = {.service = a_service(request), .secsign_id = text(request, "secsignid"), .roots = roots.ptr,
            .deadline_ms = integer_or(request, "deadline_ms", INT64_MAX)};
  need(countermark_replay_memory_new(0, &it.store, NULL));
  keep(release_replay_memory, it.store);
  json_array_foreach(list(request, "steps"), index, step) {
    countermark_login_outcome outcome = {.kind = COUNTERMARK_OUTCOME_PENDING};
    countermark_status status = is(text_of(step), "start") ? start(&it) : later(&it, text_of(step), &outcome);
    json_t *line = json_pack("{s:O}", "step", step);
    if (status == COUNTERMARK_OK) {
      json_object_set_new(line, "outcome", json_string(outcome_name(outcome.kind)));
      if (outcome.secsign_id.ptr) it.authenticated_id = string(outcome.secsign_id);
    } else {
      put(line, "error", error_name(status));
    }
    json_array_append_new(trace, line);
  }
  return json_pack("{s:o, s:o*}", "trace", trace, "authenticated_id", it.authenticated_id);
}
