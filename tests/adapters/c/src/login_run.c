// login.run: the step machine against a real server, over libcurl.

#include "adapter.h"
#include "curl_transport.h"
#include <stdlib.h>

RELEASE(login)
RELEASE(challenge)
RELEASE(auth_session)
RELEASE(replay_memory)

// Runs a task to its end.
static countermark_status drive(countermark_login *login, const countermark_replay_memory *store, const char *roots) {
  for (;;) {
    countermark_step step;
    countermark_status status = countermark_login_poll(login, now_in_ms(), &step, NULL);
    if (status != COUNTERMARK_OK || step.kind == COUNTERMARK_STEP_DONE) return status;
    if (step.kind == COUNTERMARK_STEP_WAIT) {
      sleep_until_ms(step.until_ms);
      continue;
    }
    if (step.kind == COUNTERMARK_STEP_RESERVE || step.kind == COUNTERMARK_STEP_RELEASE) {
      int32_t held;
      status = step.kind == COUNTERMARK_STEP_RESERVE
                   ? countermark_replay_memory_reserve(store, step.key.ptr, step.key.len, step.until_ms, now_in_ms(), NULL)
                   : countermark_replay_memory_release(store, step.key.ptr, step.key.len, &held, NULL);
      status = countermark_login_on_store(login, status, now_in_ms(), NULL);
      if (status != COUNTERMARK_OK) return status;
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

static countermark_status start(run *it) {
  countermark_login *login;
  countermark_challenge *challenge;
  countermark_status status = countermark_login_begin(it->service, it->secsign_id.ptr, it->secsign_id.len, now_in_ms(), &login, NULL);
  if (status != COUNTERMARK_OK) return status;
  keep(release_login, login);
  need(drive(login, it->store, it->roots));
  status = countermark_login_challenge(login, &challenge, NULL);
  keep(release_challenge, challenge);
  if (status == COUNTERMARK_OK) it->session = keep(release_auth_session, countermark_challenge_session(challenge));
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
  need(drive(login, it->store, it->roots));
  return countermark_login_get_outcome(login, outcome, NULL);
}

json_t *login_run(json_t *request) {
  countermark_str roots = text_opt(request, "ca_pem");
  json_t *step, *trace = json_array();
  size_t index;
  // Without a server, the client would turn to the public one.
  (void)text(request, "server");
  run it = {.service = a_service(request), .secsign_id = text(request, "secsignid"), .roots = roots.ptr,
            .deadline_ms = integer_or(request, "deadline_ms", INT64_MAX)};
  need(countermark_replay_memory_new(COUNTERMARK_DEFAULT, &it.store, NULL));
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
