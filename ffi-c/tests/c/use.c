// The calls as a user makes them: versions, a signed link, its single use, and a login with scripted answers.

#include "check.h"

static const int64_t NOW = 1700000000000;
static const char SECRET[] = "a secret of at least twenty characters";
static const char ENTROPY[] = "0123456789abcdef01234567";

static void versions_and_table(void) {
  countermark_error_row row;
  CHECK(countermark_abi_version() == COUNTERMARK_ABI_VERSION);
  CHECK(countermark_version().len > 0);
  CHECK(countermark_error_table_len() > 50);
  CHECK(countermark_error_table_row(0, &row, NULL) == COUNTERMARK_OK && row.number == COUNTERMARK_INVALID_INPUT);
  CHECK(same(row.name, "INVALID_INPUT") && same(row.group, "caller"));
  CHECK(countermark_error_table_row(countermark_error_table_len(), &row, NULL) == COUNTERMARK_INVALID_INPUT);
}

// The email of a strict OneLogin link is a claim until the account proves it; the other profiles have proven fields only.
static void an_identity(const countermark_verified_query *query, int strict) {
  const countermark_str own = view("jane.doe@example.com");
  const countermark_str two[2] = {own, view("DOE@example.com")};
  const countermark_status ambiguous = strict ? COUNTERMARK_PROFILE_MISMATCH : COUNTERMARK_INVALID_INPUT;
  countermark_str email = own;
  countermark_verified_query_view all;

  CHECK(countermark_verified_query_read(query, &all, NULL) == COUNTERMARK_OK);
  CHECK(countermark_verified_query_check_profile(query, "Jane", 4, "Do", 2, &email, NULL) == ambiguous);
  CHECK(email.ptr == NULL);
  CHECK(countermark_verified_query_check_known_emails(query, NULL, 0, &email, NULL) == ambiguous && email.ptr == NULL);
  CHECK(countermark_verified_query_check_known_emails(query, two, 2, &email, NULL) == ambiguous && email.ptr == NULL);
  if (!strict) {
    CHECK(all.claimed_email.ptr == NULL);
    CHECK(countermark_verified_query_ambiguous_email(query, 0).ptr == NULL);
    return;
  }
  CHECK(countermark_verified_query_get(query, "email", 5).ptr == NULL);
  CHECK(same(all.claimed_email, "jane.doe@example.com"));
  CHECK(same(countermark_verified_query_ambiguous_email(query, 0), "JaneDoejane.doe@example.com"));
  CHECK(countermark_verified_query_check_profile(query, "Jane", 4, "Doe", 3, &email, NULL) == COUNTERMARK_OK);
  CHECK(same(email, "jane.doe@example.com"));
  CHECK(countermark_verified_query_check_known_emails(query, &own, 1, &email, NULL) == COUNTERMARK_OK);
  CHECK(same(email, "jane.doe@example.com"));
  CHECK(countermark_verified_query_check_profile(query, "Jane", 4, "Doe", 3, NULL, NULL) == COUNTERMARK_INVALID_INPUT);
}

static void a_link(int32_t profile, const char *field, const char *value, size_t entropy_len) {
  const int strict = profile == COUNTERMARK_QUERY_LEGACY_ONELOGIN_STRICT;
  countermark_query_key key;
  countermark_query_config config;
  countermark_query_signer *signer = NULL;
  countermark_query_verifier *verifier = NULL;
  countermark_verified_query *query = NULL;
  countermark_replay_memory *memory = NULL;
  countermark_bytes *link = NULL;
  countermark_str text;
  countermark_verified_query_view all;
  countermark_pair fields[3] = {{view("firstname"), view("Jane")}, {view("lastname"), view("Doe")}, {view(field), view(value)}};

  memset(&key, 0, sizeof key);
  memset(&config, 0, sizeof config);
  key.id = view("2026-11");
  key.secret = view(SECRET);
  key.not_before_ms = COUNTERMARK_ALWAYS_BEFORE;
  key.not_after_ms = COUNTERMARK_ALWAYS_AFTER;
  config.profile = profile;
  config.keys = &key;
  config.keys_len = 1;
  config.audience = view("https://members.example");
  config.max_age_s = -1;
  config.max_future_s = COUNTERMARK_DEFAULT;
  CHECK(countermark_query_verifier_new(&config, &verifier, NULL) == COUNTERMARK_INVALID_CONFIG);
  config.max_age_s = COUNTERMARK_DEFAULT;
  config.max_future_s = COUNTERMARK_DEFAULT;

  CHECK(countermark_query_signer_new(&config, &signer, NULL) == COUNTERMARK_OK);
  CHECK(countermark_query_signer_sign(signer, fields, 3, ENTROPY, entropy_len, NOW, &link, NULL) == COUNTERMARK_OK);
  CHECK(countermark_query_verifier_new(&config, &verifier, NULL) == COUNTERMARK_OK);
  text = countermark_bytes_view(link);
  CHECK(countermark_query_verifier_verify(verifier, text.ptr, text.len, NOW, &query, NULL) == COUNTERMARK_OK);
  CHECK(countermark_verified_query_read(query, &all, NULL) == COUNTERMARK_OK);
  CHECK(all.fields_len == (strict ? 2 : 3) && all.signed_at_ms == NOW && same(all.key_id, "2026-11"));
  CHECK(same(countermark_verified_query_get(query, "firstname", 9), "Jane"));
  CHECK(same(all.fields[1].name, "lastname") && same(all.fields[1].value, "Doe"));
  CHECK(same(all.algorithm, profile == COUNTERMARK_QUERY_V1 ? "hmac-sha256" : "sha1") && all.tenant.ptr == NULL);
  if (!strict) {
    CHECK(same(countermark_verified_query_get(query, field, strlen(field)), value));
  }
  an_identity(query, strict);
  CHECK(countermark_verified_query_get(query, "timestamp", 9).ptr == NULL);

  CHECK(countermark_replay_memory_new(0, &memory, NULL) == COUNTERMARK_INVALID_CONFIG && memory == NULL);
  CHECK(countermark_replay_memory_new(-1, &memory, NULL) == COUNTERMARK_INVALID_CONFIG && memory == NULL);
  CHECK(countermark_replay_memory_new(COUNTERMARK_DEFAULT, &memory, NULL) == COUNTERMARK_OK);
  for (int again = 0; again < 2; again++) {
    countermark_status status = countermark_replay_memory_reserve(
        memory, all.replay_key.ptr, all.replay_key.len, all.replay_until_ms, NOW, NULL);
    CHECK(status == (again ? COUNTERMARK_REPLAYED : COUNTERMARK_OK));
  }
  CHECK(countermark_replay_memory_size(memory) == 1);
  countermark_replay_memory_free(memory);
  countermark_verified_query_free(query);
  query = NULL;

  CHECK(countermark_query_verifier_verify(verifier, text.ptr, text.len - 1, NOW, &query, NULL) != COUNTERMARK_OK);
  CHECK(countermark_query_verifier_verify(verifier, text.ptr, text.len, NOW + 241000, &query, NULL)
        == COUNTERMARK_TIMESTAMP_TOO_OLD);
  CHECK(query == NULL);
  countermark_bytes_free(link);
  countermark_query_verifier_free(verifier);
  countermark_query_signer_free(signer);
}

// Drives a login to its end: one answer to its request, and a memory for what may happen once.
static void drive(countermark_login *login, countermark_replay_memory *once, const char *body) {
  countermark_step step;
  for (;;) {
    CHECK(countermark_login_poll(login, NOW, &step, NULL) == COUNTERMARK_OK);
    if (step.kind == COUNTERMARK_STEP_RESERVE) {
      countermark_status stored =
          countermark_replay_memory_reserve(once, step.key.ptr, step.key.len, step.until_ms, NOW, NULL);
      CHECK(countermark_login_on_store(login, stored, NOW, NULL) == COUNTERMARK_OK);
    } else if (step.kind == COUNTERMARK_STEP_RELEASE) {
      int32_t held;
      countermark_status stored = countermark_replay_memory_release(once, step.key.ptr, step.key.len, &held, NULL);
      CHECK(countermark_login_on_store(login, stored, NOW, NULL) == COUNTERMARK_OK);
    } else if (step.kind == COUNTERMARK_STEP_SEND) {
      CHECK(body != NULL);
      CHECK(countermark_login_on_response(login, 200, body, strlen(body), NOW, NULL) == COUNTERMARK_OK);
      body = NULL;
    } else {
      CHECK(step.kind == COUNTERMARK_STEP_DONE);
      return;
    }
  }
}

static void a_login(void) {
  countermark_login_config config;
  countermark_login_service *service = NULL;
  countermark_login *login = NULL;
  countermark_challenge *challenge = NULL;
  countermark_auth_session *session = NULL, *opened = NULL;
  countermark_replay_memory *once = NULL;
  countermark_login_outcome outcome;
  countermark_seal_key key;
  countermark_sealer *sealer = NULL;
  countermark_bytes *token = NULL;
  countermark_str text;

  memset(&config, 0, sizeof config);
  config.server = view("https://id.example");
  config.service_name = view("Bank");
  config.service_address = view("bank.example");
  config.show_access_pass = 0;
  config.total_timeout_ms = COUNTERMARK_DEFAULT;
  CHECK(countermark_login_service_new(&config, &service, NULL) == COUNTERMARK_INVALID_CONFIG); /* No time to reach the server. */
  config.connect_timeout_ms = INT64_C(1) << 32;
  CHECK(countermark_login_service_new(&config, &service, NULL) == COUNTERMARK_INVALID_CONFIG);
  config.connect_timeout_ms = 1500;
  CHECK(countermark_login_service_new(&config, &service, NULL) == COUNTERMARK_OK);
  CHECK(countermark_login_service_connect_timeout_ms(service) == 1500);
  countermark_login_service_free(service);
  config.connect_timeout_ms = COUNTERMARK_DEFAULT;
  CHECK(countermark_login_service_new(&config, &service, NULL) == COUNTERMARK_OK);
  CHECK(countermark_login_service_connect_timeout_ms(service) > 1500);
  CHECK(countermark_replay_memory_new(COUNTERMARK_DEFAULT, &once, NULL) == COUNTERMARK_OK);
  CHECK(countermark_login_begin(service, "alice", 5, NOW, &login, NULL) == COUNTERMARK_OK);
  drive(login, once, "secsignid=alice&authsessionid=-42&requestid=AB12&servicename=Bank&serviceaddress=bank.example&authsessionstate=1");
  CHECK(countermark_login_challenge(login, &challenge, NULL) == COUNTERMARK_OK);
  CHECK(countermark_challenge_access_pass_png(challenge).ptr == NULL);
  session = countermark_challenge_session(challenge);
  CHECK(same(countermark_auth_session_secsign_id(session), "alice"));
  countermark_challenge_free(challenge);
  countermark_login_free(login);

  memset(&key, 0, sizeof key);
  key.id = view("k");
  key.secret = view("0123456789abcdef0123456789abcdef");
  key.not_before_ms = COUNTERMARK_ALWAYS_BEFORE;
  key.not_after_ms = COUNTERMARK_ALWAYS_AFTER;
  CHECK(countermark_sealer_new(&key, 1, "Bank", 4, "bank.example", 12, &sealer, NULL) == COUNTERMARK_OK);
  CHECK(countermark_sealer_seal(sealer, session, "visitor", 7, ENTROPY, 24, NOW, &token, NULL) == COUNTERMARK_OK);
  text = countermark_bytes_view(token);
  CHECK(countermark_sealer_open(sealer, text.ptr, text.len, "another", 7, NOW, &opened, NULL) == COUNTERMARK_UNKNOWN_HANDLE);
  CHECK(opened == NULL);
  CHECK(countermark_sealer_open(sealer, text.ptr, text.len, "visitor", 7, NOW, &opened, NULL) == COUNTERMARK_OK);

  CHECK(countermark_login_check(service, opened, NOW, &login, NULL) == COUNTERMARK_OK);
  drive(login, once, "authsessionid=-42&secsignid=alice&authsessionstate=3");
  CHECK(countermark_login_get_outcome(login, &outcome, NULL) == COUNTERMARK_OK);
  CHECK(outcome.kind == COUNTERMARK_OUTCOME_APPROVED && same(outcome.secsign_id, "alice"));
  countermark_login_free(login);

  CHECK(countermark_login_check(service, opened, NOW, &login, NULL) == COUNTERMARK_OK);
  drive(login, once, "authsessionid=-42&secsignid=alice&authsessionstate=3");
  CHECK(countermark_login_get_outcome(login, &outcome, NULL) == COUNTERMARK_ALREADY_CONSUMED && outcome.kind == 0);
  CHECK(countermark_login_on_store(login, COUNTERMARK_OK, NOW, NULL) == COUNTERMARK_WRONG_STATE);
  CHECK(countermark_login_on_store(login, 7, NOW, NULL) == COUNTERMARK_INVALID_INPUT);
  countermark_login_free(login);

  CHECK(countermark_login_check(service, session, NOW, &login, NULL) == COUNTERMARK_OK);
  drive(login, once, "authsessionid=-42&secsignid=mallory&authsessionstate=3");
  CHECK(countermark_login_get_outcome(login, &outcome, NULL) == COUNTERMARK_IDENTITY_MISMATCH && outcome.kind == 0);

  countermark_login_free(login);
  countermark_replay_memory_free(once);
  countermark_bytes_free(token);
  countermark_sealer_free(sealer);
  countermark_auth_session_free(opened);
  countermark_auth_session_free(session);
  countermark_login_service_free(service);
}

int main(void) {
  versions_and_table();
  a_link(COUNTERMARK_QUERY_LEGACY_ONELOGIN_STRICT, "email", "jane.doe@example.com", 0);
  a_link(COUNTERMARK_QUERY_V1, "role", "a&b=c \xc3\xa9", 16);
  a_login();
  return checks_failed;
}
