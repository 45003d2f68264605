// A login from the command line: asks the ID server, waits for the phone, and says who approved.
//
//   login_curl SERVER SECSIGN_ID      SERVER such as http://127.0.0.1:8080, of `countermark id-server`

#include "countermark.h"
#include "curl_transport.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static countermark_str view(const char *text) {
  return (countermark_str){text, strlen(text)};
}

static int failed(countermark_error *error) {
  countermark_str name = countermark_error_name(error), message = countermark_error_message(error);
  fprintf(stderr, "%.*s: %.*s\n", (int)name.len, name.ptr, (int)message.len, message.ptr);
  countermark_error_free(error);
  return 1;
}

// The loop around the step machine: send what it wants to send, wait as long as it says, store what may happen once, until it is done.
static countermark_status drive(countermark_login *login, const countermark_replay_memory *once, countermark_error **error) {
  for (;;) {
    countermark_step step;
    countermark_status status = countermark_login_poll(login, now_in_ms(), &step, error);
    if (status != COUNTERMARK_OK || step.kind == COUNTERMARK_STEP_DONE) return status;
    if (step.kind == COUNTERMARK_STEP_WAIT) {
      sleep_until_ms(step.until_ms);
      continue;
    }
    if (step.kind == COUNTERMARK_STEP_RESERVE || step.kind == COUNTERMARK_STEP_RELEASE) {
      int32_t held;
      countermark_status stored =
          step.kind == COUNTERMARK_STEP_RESERVE
              ? countermark_replay_memory_reserve(once, step.key.ptr, step.key.len, step.until_ms, now_in_ms(), NULL)
              : countermark_replay_memory_release(once, step.key.ptr, step.key.len, &held, NULL);
      status = countermark_login_on_store(login, stored, now_in_ms(), error);
      if (status != COUNTERMARK_OK) return status;
      continue;
    }
    curl_reply reply = curl_transport_send(&step, NULL);
    status = reply.failure ? countermark_login_on_transport_error(login, reply.failure, reply.phase, now_in_ms(), error)
                           : countermark_login_on_response(login, reply.status, reply.body, reply.body_len, now_in_ms(), error);
    free(reply.body);
    if (status != COUNTERMARK_OK) return status;
  }
}

int main(int argc, char **argv) {
  countermark_error *error = NULL;
  countermark_login_service *service = NULL;
  countermark_replay_memory *once = NULL;
  countermark_login *login = NULL;
  countermark_challenge *challenge = NULL;
  countermark_str secsign_id;
  if (argc != 3 || countermark_abi_version() != COUNTERMARK_ABI_VERSION) return 2;

  countermark_login_config config = {.server = view(argv[1]), .service_name = view("Example"), .service_address = view("example.com"),
                                     .show_access_pass = COUNTERMARK_DEFAULT, .connect_timeout_ms = COUNTERMARK_DEFAULT,
                                     .total_timeout_ms = COUNTERMARK_DEFAULT};
  if (countermark_login_service_new(&config, &service, &error) != COUNTERMARK_OK) return failed(error);
  // A site with several processes uses a store that they share.
  if (countermark_replay_memory_new(COUNTERMARK_DEFAULT, &once, &error) != COUNTERMARK_OK) return failed(error);
  if (countermark_login_begin(service, argv[2], strlen(argv[2]), now_in_ms(), &login, &error) != COUNTERMARK_OK) return failed(error);
  if (drive(login, once, &error) != COUNTERMARK_OK) return failed(error);
  if (countermark_login_challenge(login, &challenge, &error) != COUNTERMARK_OK) return failed(error);
  countermark_login_free(login);
  login = NULL;
  // The page shows this picture; the visitor picks the same one on the phone.
  printf("access pass: %zu bytes of PNG\n", countermark_challenge_access_pass_png(challenge).len);
  countermark_auth_session *session = countermark_challenge_session(challenge);
  countermark_challenge_free(challenge);

  if (countermark_login_wait(service, session, now_in_ms() + 60000, now_in_ms(), &login, &error) != COUNTERMARK_OK) return failed(error);
  if (drive(login, once, &error) != COUNTERMARK_OK) return failed(error);
  if (countermark_login_require_approved(login, &secsign_id, &error) != COUNTERMARK_OK) return failed(error);
  printf("approved by %.*s\n", (int)secsign_id.len, secsign_id.ptr);
  countermark_login_free(login);
  countermark_auth_session_free(session);
  countermark_replay_memory_free(once);
  countermark_login_service_free(service);
  return 0;
}
