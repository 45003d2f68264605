// SecureSign: both calls with scripted answers, the callback's claims, and the pure functions.

#include "check.h"

static const int64_t NOW = 1700000000000;

static countermark_securesign_client *a_client(const char *environment, countermark_status expected) {
  countermark_securesign_config config;
  countermark_securesign_client *client = NULL;
  countermark_error *error = NULL;
  countermark_str host = view("shop.example");

  memset(&config, 0, sizeof config);
  config.environment = view(environment);
  config.api_key = view("ss_test_0123456789abcdefghijklmnopqrstuv");
  config.tenant_id = view("org_9f2a");
  config.callback_hosts = &host;
  config.callback_hosts_len = 1;
  config.clock_skew_s = COUNTERMARK_DEFAULT;
  CHECK(taken(countermark_securesign_client_new(&config, &client, &error), &error) == expected);
  return client;
}

static void validate(countermark_securesign_client *client) {
  static const char yes[] = "{\"success\":true,\"tenantId\":\"org_9f2a\",\"allowed\":true,\"rateLimit\":{\"rpm\":60}}";
  countermark_securesign_call *call = NULL;
  countermark_securesign_validation validation;
  countermark_securesign_session session;
  countermark_step step;
  countermark_error *error = NULL;

  CHECK(taken(countermark_securesign_validate(client, "*", 1, "web", 3, &call, &error), &error) == COUNTERMARK_INVALID_ORIGIN);
  CHECK(taken(countermark_securesign_validate(client, "https://shop.example", 20, "fax", 3, &call, &error), &error) == COUNTERMARK_INVALID_INPUT);
  CHECK(call == NULL);
  CHECK(countermark_securesign_validate(client, "https://shop.example", 20, "web", 3, &call, NULL) == COUNTERMARK_OK);
  CHECK(taken(countermark_securesign_call_validation(call, &validation, &error), &error) == COUNTERMARK_WRONG_STATE);
  CHECK(countermark_securesign_call_poll(call, NOW, &step, NULL) == COUNTERMARK_OK && step.kind == COUNTERMARK_STEP_SEND);
  CHECK(step.headers_len == 3 && same(step.headers[1].value, "application/json") && step.body.len > 0);
  CHECK(taken(countermark_securesign_call_on_response(call, 200, yes, strlen(yes), NOW, &error), &error) == COUNTERMARK_OK);
  CHECK(countermark_securesign_call_poll(call, NOW, &step, NULL) == COUNTERMARK_OK && step.kind == COUNTERMARK_STEP_DONE);
  CHECK(countermark_securesign_call_validation(call, &validation, NULL) == COUNTERMARK_OK);
  CHECK(same(validation.tenant_id, "org_9f2a") && validation.rpm == 60);
  CHECK(taken(countermark_securesign_call_session(call, &session, &error), &error) == COUNTERMARK_WRONG_STATE);
  CHECK(taken(countermark_securesign_call_on_response(call, 200, yes, strlen(yes), NOW, &error), &error) == COUNTERMARK_WRONG_STATE);
  countermark_securesign_call_free(call);
}

static countermark_securesign_request a_request(void) {
  countermark_securesign_request request;
  request.request_id = view("req-1");
  request.hash = view("0123456789abcdef0123456789abcdef");
  request.algorithm = view("SHA256");
  request.callback_url = view("https://shop.example/signed");
  return request;
}

static void open_a_session(countermark_securesign_client *client) {
  countermark_securesign_request request = a_request();
  countermark_securesign_call *call = NULL;
  countermark_securesign_pending pending;
  countermark_bytes *link = NULL;
  countermark_error *error = NULL;

  CHECK(countermark_securesign_deep_link(client, &request, 0, &link, NULL) == COUNTERMARK_OK);
  CHECK(countermark_bytes_view(link).len > 0);
  countermark_bytes_free(link);
  CHECK(countermark_securesign_open_session(client, &request, &call, NULL) == COUNTERMARK_OK);
  CHECK(countermark_securesign_call_on_transport_error(call, COUNTERMARK_FAILURE_TLS, COUNTERMARK_PHASE_NOT_SENT, NOW, NULL) == COUNTERMARK_OK);
  CHECK(taken(countermark_securesign_call_pending(call, &pending, &error), &error) == COUNTERMARK_TLS);
  countermark_securesign_call_free(call);
  call = NULL;
  request.hash = view("too short");
  CHECK(taken(countermark_securesign_open_session(client, &request, &call, &error), &error) == COUNTERMARK_INVALID_INPUT);
  CHECK(call == NULL);
}

static void pure_functions(void) {
  static const int64_t calls[2] = {1000, 2000};
  countermark_bytes *origin = NULL;
  countermark_securesign_hint *hint = NULL;
  countermark_error *error = NULL;
  int64_t wait_ms = 0;
  int32_t open = 0;

  CHECK(countermark_securesign_origin("http://localhost:3000", 21, "test", 4, &origin, NULL) == COUNTERMARK_OK);
  CHECK(same(countermark_bytes_view(origin), "http://localhost:3000"));
  countermark_bytes_free(origin);
  CHECK(countermark_securesign_origin("https://a.example", 17, "prod", 4, &origin, NULL) == COUNTERMARK_INVALID_CONFIG);
  CHECK(taken(countermark_securesign_read_callback("a=b", 3, &hint, &error), &error) == COUNTERMARK_MISSING_PARAMETER);
  CHECK(same(countermark_securesign_code_name("SS_PIN_INVALID", 14), "SS_PIN_INVALID"));
  CHECK(same(countermark_securesign_code_retry("SS_PIN_INVALID", 14), "same_session"));
  CHECK(same(countermark_securesign_code_name("\xff", 1), "UNKNOWN"));
  CHECK(same(countermark_securesign_pin_status_name("BLOCKED", 7), "BLOCKED"));
  CHECK(countermark_securesign_pin_status_permits_signing("ACTIVE", 6) == 1);
  CHECK(countermark_securesign_pin_status_permits_signing("active", 6) == 0);
  CHECK(countermark_securesign_pin_session_is_open(NOW, COUNTERMARK_DEFAULT, NOW + 1000, &open, NULL) == COUNTERMARK_OK && open == 1);
  CHECK(countermark_securesign_pin_session_is_open(NOW, 500, NOW + 1000, &open, NULL) == COUNTERMARK_OK && open == 0);
  CHECK(countermark_securesign_pin_session_is_open(NOW, -2, NOW, &open, NULL) == COUNTERMARK_INVALID_CONFIG);
  CHECK(countermark_securesign_rate_limit_wait_ms(calls, 2, 2, 3000, &wait_ms, NULL) == COUNTERMARK_OK && wait_ms == 58000);
  CHECK(countermark_securesign_rate_limit_wait_ms(calls, 2, -1, 3000, &wait_ms, NULL) == COUNTERMARK_INVALID_INPUT && wait_ms == 0);
  CHECK(countermark_securesign_rate_limit_wait_ms(calls, 2, (int64_t)1 << 32, 3000, &wait_ms, NULL) == COUNTERMARK_INVALID_INPUT);
  CHECK(countermark_securesign_rate_limit_wait_ms(NULL, 1, 2, 3000, &wait_ms, NULL) == COUNTERMARK_INVALID_INPUT && wait_ms == 0);
}

int main(void) {
  countermark_securesign_client *client = a_client("test", COUNTERMARK_OK);
  CHECK(a_client("live", COUNTERMARK_WRONG_ENVIRONMENT) == NULL);
  CHECK(a_client("staging", COUNTERMARK_INVALID_CONFIG) == NULL);
  validate(client);
  open_a_session(client);
  pure_functions();
  countermark_securesign_client_free(client);
  return checks_failed;
}
