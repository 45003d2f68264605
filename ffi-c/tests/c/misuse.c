// Wrong calls: NULL, wrong order, wrong state, bytes with NUL, empty and absurd lengths. Each gives a typed error.

#define _GNU_SOURCE
#include "check.h"

static void absent_objects(void) {
  countermark_error *error = NULL;
  countermark_login *login = NULL;
  countermark_login_service *service = NULL;
  countermark_query_verifier *verifier = NULL;
  countermark_verified_query *query = NULL;
  countermark_step step;
  countermark_login_outcome outcome;

  CHECK(taken(countermark_login_service_new(NULL, &service, &error), &error) == COUNTERMARK_INVALID_INPUT);
  CHECK(service == NULL);
  CHECK(taken(countermark_login_begin(NULL, "alice", 5, 0, &login, &error), &error) == COUNTERMARK_INVALID_INPUT);
  CHECK(taken(countermark_login_begin(NULL, NULL, 5, 0, &login, &error), &error) == COUNTERMARK_INVALID_INPUT);
  CHECK(taken(countermark_login_poll(NULL, 0, &step, &error), &error) == COUNTERMARK_INVALID_INPUT);
  CHECK(taken(countermark_login_get_outcome(NULL, &outcome, &error), &error) == COUNTERMARK_INVALID_INPUT);
  CHECK(taken(countermark_query_verifier_new(NULL, &verifier, &error), &error) == COUNTERMARK_INVALID_INPUT);
  CHECK(taken(countermark_query_verifier_verify(NULL, "", 0, 0, &query, &error), &error) == COUNTERMARK_INVALID_INPUT);
  // Nobody has to take the error, and a missing place for a result is an error too.
  CHECK(countermark_query_verifier_verify(NULL, "", 0, 0, NULL, NULL) == COUNTERMARK_INVALID_INPUT);

  CHECK(countermark_verified_query_get(NULL, "email", 5).ptr == NULL);
  CHECK(countermark_error_message(NULL).ptr == NULL);
  CHECK(countermark_error_number(NULL) == COUNTERMARK_OK);

  for (int twice = 0; twice < 2; twice++) {
    countermark_error_free(NULL);
    countermark_login_free(NULL);
    countermark_login_service_free(NULL);
    countermark_challenge_free(NULL);
    countermark_auth_session_free(NULL);
    countermark_query_verifier_free(NULL);
    countermark_query_signer_free(NULL);
    countermark_verified_query_free(NULL);
    countermark_replay_memory_free(NULL);
    countermark_sealer_free(NULL);
    countermark_bytes_free(NULL);
  }
}

static countermark_login_service *a_service(void) {
  countermark_login_config config;
  countermark_login_service *service = NULL;
  memset(&config, 0, sizeof config);
  config.server = view("http://127.0.0.1:9");
  config.service_name = view("Bank");
  config.service_address = view("bank.example");
  config.show_access_pass = COUNTERMARK_DEFAULT;
  config.connect_timeout_ms = COUNTERMARK_DEFAULT;
  config.total_timeout_ms = COUNTERMARK_DEFAULT;
  CHECK(countermark_login_service_new(&config, &service, NULL) == COUNTERMARK_OK);
  return service;
}

static void wrong_order(void) {
  countermark_error *error = NULL;
  countermark_login_service *service = a_service();
  countermark_login *login = NULL;
  countermark_bytes *bytes = NULL;
  countermark_challenge *challenge = NULL;
  countermark_step step;
  countermark_login_outcome outcome;

  CHECK(countermark_login_begin(service, " Alice ", 7, 1000, &login, NULL) == COUNTERMARK_OK);
  CHECK(taken(countermark_login_challenge(login, &challenge, &error), &error) == COUNTERMARK_WRONG_STATE);
  CHECK(taken(countermark_login_get_outcome(login, &outcome, &error), &error) == COUNTERMARK_WRONG_STATE);
  CHECK(taken(countermark_login_on_response(login, 200, "", 0, 1000, &error), &error) == COUNTERMARK_WRONG_STATE);
  CHECK(countermark_login_poll(login, 1000, &step, NULL) == COUNTERMARK_OK);
  CHECK(step.kind == COUNTERMARK_STEP_RESERVE && step.key.len > 0 && step.until_ms > 1000);
  CHECK(taken(countermark_login_on_store(login, 7, 1000, &error), &error) == COUNTERMARK_INVALID_INPUT);
  CHECK(taken(countermark_login_on_store(login, COUNTERMARK_OK, 1000, &error), &error) == COUNTERMARK_OK);
  CHECK(taken(countermark_login_on_store(login, COUNTERMARK_OK, 1000, &error), &error) == COUNTERMARK_WRONG_STATE);
  CHECK(countermark_login_poll(login, 1000, &step, NULL) == COUNTERMARK_OK);
  CHECK(step.kind == COUNTERMARK_STEP_SEND && same(step.method, "POST") && step.headers_len > 0);
  CHECK(step.body.len > 0 && memmem(step.body.ptr, step.body.len, "secsignid=alice&", 16) != NULL);
  CHECK(taken(countermark_login_on_transport_error(login, 9, 1, 1000, &error), &error) == COUNTERMARK_INVALID_INPUT);
  CHECK(taken(countermark_login_on_response(login, -1, "", 0, 1000, &error), &error) == COUNTERMARK_INVALID_INPUT);
  CHECK(taken(countermark_login_on_response(login, 200 + ((int64_t)1 << 32), "", 0, 1000, &error), &error) == COUNTERMARK_INVALID_INPUT);
  CHECK(taken(countermark_login_on_response(login, 200, "\0=\0", 3, 1000, &error), &error) == COUNTERMARK_OK);
  CHECK(taken(countermark_login_on_response(login, 200, "", 0, 1000, &error), &error) == COUNTERMARK_WRONG_STATE);
  CHECK(countermark_login_poll(login, 1000, &step, NULL) == COUNTERMARK_OK && step.kind == COUNTERMARK_STEP_DONE);
  CHECK(taken(countermark_login_challenge(login, &challenge, &error), &error) == COUNTERMARK_PROTOCOL);
  CHECK(challenge == NULL);
  countermark_login_free(login);
  login = NULL;

  CHECK(taken(countermark_login_begin(service, "ali\0ce", 6, 0, &login, &error), &error) == COUNTERMARK_INVALID_SECSIGN_ID);
  CHECK(taken(countermark_login_begin(service, NULL, 0, 0, &login, &error), &error) == COUNTERMARK_INVALID_SECSIGN_ID);
  CHECK(taken(countermark_login_begin(service, "\xff", 1, 0, &login, &error), &error) == COUNTERMARK_INVALID_SECSIGN_ID);
  CHECK(taken(countermark_normalize_secsign_id("\xff", 1, &bytes, &error), &error) == COUNTERMARK_INVALID_SECSIGN_ID);
  CHECK(taken(countermark_login_check(service, NULL, 0, &login, &error), &error) == COUNTERMARK_INVALID_INPUT);
  CHECK(login == NULL);
  countermark_login_service_free(service);
}

static void odd_lengths(void) {
  static const char secret[] = "a secret of at least twenty characters";
  countermark_error *error = NULL;
  countermark_query_verifier *verifier = NULL;
  countermark_verified_query *query = NULL;
  countermark_query_key key;
  countermark_query_config config;
  char *long_query = (char *)calloc(1, (size_t)1 << 31);

  memset(&key, 0, sizeof key);
  memset(&config, 0, sizeof config);
  key.id = view("one");
  key.secret = view(secret);
  key.not_before_ms = COUNTERMARK_ALWAYS_BEFORE;
  key.not_after_ms = COUNTERMARK_ALWAYS_AFTER;
  config.profile = COUNTERMARK_QUERY_LEGACY_ONELOGIN_STRICT;
  config.keys = &key;
  config.max_age_s = COUNTERMARK_DEFAULT;
  config.max_future_s = COUNTERMARK_DEFAULT;
  CHECK(taken(countermark_query_verifier_new(&config, &verifier, &error), &error) == COUNTERMARK_INVALID_CONFIG);
  config.keys_len = SIZE_MAX;
  CHECK(taken(countermark_query_verifier_new(&config, &verifier, &error), &error) == COUNTERMARK_INVALID_INPUT);
  config.keys_len = 1;
  CHECK(taken(countermark_query_verifier_new(&config, &verifier, &error), &error) == COUNTERMARK_OK);

  CHECK(taken(countermark_query_verifier_verify(verifier, NULL, 0, 0, &query, &error), &error) == COUNTERMARK_MISSING_FIELD);
  CHECK(taken(countermark_query_verifier_verify(verifier, NULL, 1, 0, &query, &error), &error) == COUNTERMARK_INVALID_INPUT);
  CHECK(taken(countermark_query_verifier_verify(verifier, "", SIZE_MAX, 0, &query, &error), &error) == COUNTERMARK_INVALID_INPUT);
  CHECK(long_query != NULL);
  CHECK(taken(countermark_query_verifier_verify(verifier, long_query, (size_t)1 << 31, 0, &query, &error), &error)
        == COUNTERMARK_TOO_LARGE);
  CHECK(query == NULL);
  free(long_query);
  countermark_query_verifier_free(verifier);
}

// Structures that were filled with zeros, and nothing else said of times and lengths: they would refuse everything, each time.
static void only_zeros(void) {
  static const char secret[] = "a secret of at least twenty characters";
  countermark_error *error = NULL;
  countermark_query_key link_key;
  countermark_query_config link_config;
  countermark_query_verifier *links = NULL;
  countermark_query_signer *signer = NULL;
  countermark_webhook_key key;
  countermark_webhook_config config;
  countermark_webhook_verifier *webhooks = NULL;
  countermark_webhook_explainer *explainer = NULL;
  countermark_seal_key seal_key;
  countermark_sealer *sealer = NULL;
  countermark_auth_session *opened = NULL;

  memset(&link_key, 0, sizeof link_key);
  memset(&link_config, 0, sizeof link_config);
  link_key.id = view("one");
  link_key.secret = view(secret);
  link_config.profile = COUNTERMARK_QUERY_V1;
  link_config.keys = &link_key;
  link_config.keys_len = 1;
  link_config.audience = view("https://members.example");
  link_config.max_age_s = COUNTERMARK_DEFAULT;
  link_config.max_future_s = COUNTERMARK_DEFAULT;
  CHECK(countermark_query_verifier_new(&link_config, &links, &error) == COUNTERMARK_INVALID_CONFIG);
  CHECK(same(countermark_error_detail(error), "not_before_ms and not_after_ms are both 0"));
  countermark_error_free(error);
  CHECK(countermark_query_signer_new(&link_config, &signer, NULL) == COUNTERMARK_INVALID_CONFIG);
  link_key.not_after_ms = 1;
  CHECK(countermark_query_verifier_new(&link_config, &links, NULL) == COUNTERMARK_OK);
  countermark_query_verifier_free(links);

  memset(&key, 0, sizeof key);
  memset(&config, 0, sizeof config);
  key.id = view("one");
  key.secret = view(secret);
  config.scheme = view("github");
  config.keys = &key;
  config.keys_len = 1;
  config.max_age_s = COUNTERMARK_DEFAULT;
  config.max_future_s = COUNTERMARK_DEFAULT;
  config.max_body_bytes = COUNTERMARK_DEFAULT;
  CHECK(countermark_webhook_verifier_new(&config, &webhooks, NULL) == COUNTERMARK_INVALID_CONFIG);
  CHECK(countermark_webhook_explainer_new(&config, &explainer, NULL) == COUNTERMARK_INVALID_CONFIG);
  key.not_before_ms = COUNTERMARK_ALWAYS_BEFORE;
  key.not_after_ms = COUNTERMARK_ALWAYS_AFTER;
  config.max_body_bytes = 0;
  CHECK(countermark_webhook_verifier_new(&config, &webhooks, &error) == COUNTERMARK_INVALID_CONFIG);
  CHECK(same(countermark_error_detail(error), "max_body_bytes"));
  countermark_error_free(error);
  config.max_body_bytes = 1;
  CHECK(countermark_webhook_verifier_new(&config, &webhooks, NULL) == COUNTERMARK_OK);
  countermark_webhook_verifier_free(webhooks);

  memset(&seal_key, 0, sizeof seal_key);
  seal_key.id = view("one");
  seal_key.secret = view("0123456789abcdef0123456789abcdef");
  CHECK(countermark_sealer_new(&seal_key, 1, "a", 1, "b", 1, &sealer, NULL) == COUNTERMARK_INVALID_CONFIG);
  seal_key.not_after_ms = COUNTERMARK_ALWAYS_AFTER;
  CHECK(countermark_sealer_new(&seal_key, 1, "a", 1, "b", 1, &sealer, NULL) == COUNTERMARK_OK);
  CHECK(countermark_sealer_open(sealer, "\xff", 1, "visitor", 7, 0, &opened, NULL) == COUNTERMARK_UNKNOWN_HANDLE);
  countermark_sealer_free(sealer);
}

int main(void) {
  absent_objects();
  wrong_order();
  odd_lengths();
  only_zeros();
  return checks_failed;
}
