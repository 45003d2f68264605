// The C of `../../README.md` and of the front page: each piece is included as it stands there, as the end of a function that has made
// what its reader has before it.
//
//   readme approved|denied SERVER      what an ID server does with alice

#include "check.h"

static const char secret[] = "a secret of at least twenty characters";
static const int64_t now_ms = 1700000000000;
static char logged[4][64]; // What the pieces say, in their order.
static size_t logged_len;

static void say(countermark_str text) {
  if (logged_len < 4) snprintf(logged[logged_len++], sizeof logged[0], "%.*s", (int)text.len, text.ptr);
}

static void log_in(countermark_str who) { say(who); }
static void log_line(countermark_str why) { say(why); }

static void verify_a_link(const char *query, countermark_status expected) {
  countermark_query_verifier *verifier = NULL;
  countermark_verified_query *verified = NULL;
  countermark_verified_query_view view = {0};
#include "verify-a-link.inc"
  CHECK((verified != NULL) == (expected == COUNTERMARK_OK));
  CHECK(!verified || (view.replay_key.len > 0 && same(countermark_verified_query_get(verified, "email", 5), "jane@example.com")));
  countermark_verified_query_free(verified);
  countermark_query_verifier_free(verifier);
}

static void front_page(const countermark_query_config *configured, const countermark_replay_memory *used, const char *query) {
  countermark_query_config config = *configured;
  countermark_query_verifier *verifier = NULL;
  countermark_verified_query *verified = NULL;
  countermark_verified_query_view link;
  countermark_error *error = NULL;
#include "front-page.inc"
  countermark_error_free(error);
  countermark_verified_query_free(verified);
  countermark_query_verifier_free(verifier);
}

static void links(void) {
  const countermark_query_key key = {.id = view("2026-11"), .secret = view(secret), .not_before_ms = COUNTERMARK_ALWAYS_BEFORE,
                                     .not_after_ms = COUNTERMARK_ALWAYS_AFTER};
  const countermark_query_config config = {.profile = COUNTERMARK_QUERY_V1, .keys = &key, .keys_len = 1,
                                           .audience = view("https://members.example"), .max_age_s = COUNTERMARK_DEFAULT,
                                           .max_future_s = COUNTERMARK_DEFAULT};
  const countermark_pair email = {view("email"), view("jane@example.com")};
  countermark_query_signer *signer = NULL;
  countermark_replay_memory *used = NULL;
  countermark_bytes *made = NULL;
  char query[1000], forged[1000];
  CHECK(countermark_query_signer_new(&config, &signer, NULL) == COUNTERMARK_OK);
  CHECK(countermark_query_signer_sign(signer, &email, 1, "0123456789abcdef", 16, now_ms, &made, NULL) == COUNTERMARK_OK);
  CHECK(countermark_replay_memory_new(COUNTERMARK_DEFAULT, &used, NULL) == COUNTERMARK_OK);
  snprintf(query, sizeof query, "%.*s", (int)countermark_bytes_view(made).len, countermark_bytes_view(made).ptr);
  snprintf(forged, sizeof forged, "%s", query);
  CHECK(strstr(forged, "jane") != NULL);
  memcpy(strstr(forged, "jane"), "john", 4);

  verify_a_link(query, COUNTERMARK_OK);
  verify_a_link(forged, COUNTERMARK_SIGNATURE_MISMATCH);
  logged_len = 0;
  for (int copy = 0; copy < 2; copy++) front_page(&config, used, query);
  front_page(&config, used, forged);
  CHECK(logged_len == 3 && strcmp(logged[0], "jane@example.com") == 0);
  CHECK(strstr(logged[1], "used") && strstr(logged[2], "signature"));

  countermark_bytes_free(made);
  countermark_replay_memory_free(used);
  countermark_query_signer_free(signer);
}

static void verify_a_webhook(countermark_pair *headers, size_t headers_len, const char *body, int is_genuine) {
  size_t body_len = strlen(body);
  countermark_webhook_verifier *verifier = NULL;
  countermark_verified_webhook *verified = NULL;
  countermark_verified_webhook_view view = {0};
#include "verify-a-webhook.inc"
  CHECK((verified != NULL) == is_genuine);
  CHECK(view.covers_body == is_genuine && (view.replay_key.len > 0) == is_genuine);
  countermark_verified_webhook_free(verified);
  countermark_webhook_verifier_free(verifier);
}

static void webhooks(void) {
  const countermark_webhook_key key = {.id = view("2026-11"), .secret = view(secret), .not_before_ms = COUNTERMARK_ALWAYS_BEFORE,
                                       .not_after_ms = COUNTERMARK_ALWAYS_AFTER};
  const countermark_webhook_config config = {.scheme = view("stripe"), .keys = &key, .keys_len = 1, .max_age_s = COUNTERMARK_DEFAULT,
                                             .max_future_s = COUNTERMARK_DEFAULT, .max_body_bytes = COUNTERMARK_DEFAULT};
  const countermark_webhook_request request = {.method = view("POST")};
  countermark_webhook_signer *signer = NULL;
  countermark_signed_webhook *sent = NULL;
  countermark_signed_webhook_view out;
  countermark_pair headers[3];
  CHECK(countermark_webhook_signer_new(&config, &signer, NULL) == COUNTERMARK_OK);
  CHECK(countermark_webhook_signer_sign(signer, &request, "{\"a\":1}", 7, NULL, 0, now_ms, &sent, NULL) == COUNTERMARK_OK);
  CHECK(countermark_signed_webhook_read(sent, &out, NULL) == COUNTERMARK_OK && out.headers_len <= 3);
  memcpy(headers, out.headers, out.headers_len * sizeof *headers);
  verify_a_webhook(headers, out.headers_len, "{\"a\":1}", 1);
  verify_a_webhook(headers, out.headers_len, "{\"a\":2}", 0);
  countermark_signed_webhook_free(sent);
  countermark_webhook_signer_free(signer);
}

static void let_the_library_do_the_sending(const char *server, int is_approved) {
  const char *secsign_id = "alice";
  countermark_login_config config = {.server = view(server), .service_name = view("Example"), .service_address = view("https://example.com"),
                                     .show_access_pass = COUNTERMARK_DEFAULT, .connect_timeout_ms = COUNTERMARK_DEFAULT,
                                     .total_timeout_ms = COUNTERMARK_DEFAULT};
  countermark_login_client *client = NULL;
  countermark_challenge *challenge = NULL;
  countermark_auth_session *session = NULL;
  countermark_login_result *result = NULL;
  countermark_str approved = {0};
#include "let-the-library-do-the-sending.inc"
  CHECK(countermark_challenge_access_pass_png(challenge).len > 8);
  CHECK(is_approved ? same(approved, "alice") : approved.ptr == NULL);
  countermark_login_result_free(result);
  countermark_auth_session_free(session);
  countermark_challenge_free(challenge);
  countermark_login_client_free(client);
}

static void securesign(const char *body, countermark_status expected) {
  const size_t body_len = strlen(body);
  const countermark_str host = view("shop.example");
  const countermark_securesign_config config = {.environment = view("test"), .api_key = view("ss_test_0123456789abcdefghijklmnopqrstuv"),
                                                .tenant_id = view("org_9f2a"), .callback_hosts = &host, .callback_hosts_len = 1,
                                                .clock_skew_s = COUNTERMARK_DEFAULT};
  const countermark_securesign_request request = {.request_id = view("req-1"), .hash = view("0123456789abcdef0123456789abcdef"),
                                                  .algorithm = view("SHA256"), .callback_url = view("https://shop.example/signed")};
  countermark_securesign_client *client = NULL;
  countermark_securesign_call *call = NULL;
  countermark_step step = {0};
  countermark_securesign_session session = {0};
  countermark_securesign_pending pending = {0};
  CHECK(countermark_securesign_client_new(&config, &client, NULL) == COUNTERMARK_OK);
#include "securesign.inc"
  CHECK(step.kind == COUNTERMARK_STEP_SEND);
  CHECK(expected == COUNTERMARK_OK ? same(pending.request_id, "req-1") && session.deep_link.len > 0
                                   : !pending.request_id.ptr && !session.deep_link.ptr);
  CHECK(countermark_securesign_call_session(call, &session, NULL) == expected);
  countermark_securesign_call_free(call);
  countermark_securesign_client_free(client);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  links();
  webhooks();
  securesign("{\"sessionId\":\"sess_7\",\"expiresAt\":\"2023-11-14T22:20:00Z\",\"deepLink\":\"securesign://sign?requestId=req-1\"}", COUNTERMARK_OK);
  securesign("{\"sessionId\":\"sess_7\",\"expiresAt\":\"2023-11-14T22:20:00Z\",\"deepLink\":\"securesign://sign?requestId=req-2\"}",
             COUNTERMARK_UNEXPECTED_DEEP_LINK);
  let_the_library_do_the_sending(argv[2], strcmp(argv[1], "approved") == 0);
  return checks_failed;
}
