// Webhooks: sign, verify, explain, schemes of one's own, and what to answer.

#include "check.h"

static const int64_t NOW = 1700000000000;
static const char BODY[] = "{\"event\":\"paid\"}";

static void config_of(countermark_webhook_config *config, countermark_webhook_key *key, const char *secret) {
  memset(key, 0, sizeof *key);
  memset(config, 0, sizeof *config);
  key->id = view("2026-11");
  key->secret = view(secret);
  key->not_before_ms = COUNTERMARK_ALWAYS_BEFORE;
  key->not_after_ms = COUNTERMARK_ALWAYS_AFTER;
  config->keys = key;
  config->keys_len = 1;
  config->max_age_s = COUNTERMARK_DEFAULT;
  config->max_future_s = COUNTERMARK_DEFAULT;
  config->max_body_bytes = COUNTERMARK_DEFAULT;
}

static countermark_status check(const countermark_webhook_verifier *verifier, const char *texts, size_t len, size_t count,
                                const char *body) {
  return countermark_webhook_verifier_check_block(verifier, texts, len, count, body, strlen(body), NOW);
}

// The same request in one block: the same verdict, and nothing for a block that does not hold what it should.
static void block(const countermark_webhook_verifier *verifier, const countermark_webhook_request *request) {
  char texts[1024];
  size_t len = 0, count;

  for (size_t at = 0; at < request->headers_len; at++) {
    const countermark_str parts[2] = {request->headers[at].name, request->headers[at].value};
    for (int part = 0; part < 2; part++) {
      memcpy(texts + len, parts[part].ptr, parts[part].len);
      len += parts[part].len;
      texts[len++] = '\0';
    }
  }
  count = 2 * request->headers_len;
  CHECK(check(verifier, texts, len - 1, count, BODY) == COUNTERMARK_OK);
  CHECK(check(verifier, texts, len - 1, count, "{}") == COUNTERMARK_SIGNATURE_MISMATCH);
  /* One text too many, too few, and more than there are bytes. */
  CHECK(check(verifier, texts, len, count, BODY) == COUNTERMARK_INVALID_INPUT);
  CHECK(check(verifier, texts, len - 1, count + 2, BODY) == COUNTERMARK_INVALID_INPUT);
  CHECK(check(verifier, texts, len - 1, SIZE_MAX, BODY) == COUNTERMARK_INVALID_INPUT);
  CHECK(check(verifier, texts, len - 1, SIZE_MAX - 1, BODY) == COUNTERMARK_INVALID_INPUT);
  /* The method, and the URL and the query that are not there. */
  memcpy(texts + len, "=POST\0", 7);
  CHECK(check(verifier, texts, len + 7, count + 3, BODY) == COUNTERMARK_OK);
  CHECK(check(verifier, texts, len + 6, count + 3, BODY) == COUNTERMARK_INVALID_INPUT);
  texts[len] = '?';
  CHECK(check(verifier, texts, len + 7, count + 3, BODY) == COUNTERMARK_INVALID_INPUT);
  CHECK(check(verifier, "=\0=\0=", 5, 3, BODY) == COUNTERMARK_MISSING_HEADER);
  CHECK(check(verifier, NULL, 0, 0, BODY) == COUNTERMARK_MISSING_HEADER);
  CHECK(check(verifier, NULL, 0, 1, BODY) == COUNTERMARK_INVALID_INPUT);
  CHECK(check(verifier, "X-A\0b", 5, 0, BODY) == COUNTERMARK_INVALID_INPUT);
  CHECK(check(verifier, "X-A\0\xff", 5, 2, BODY) == COUNTERMARK_INVALID_INPUT);
  CHECK(check(NULL, texts, len - 1, count, BODY) == COUNTERMARK_INVALID_INPUT);
}

// Signs the body, checks that it verifies as `covers` says, and that one byte more does not.
static void sign_and_verify(const countermark_webhook_config *config, const char *scheme, int64_t signed_ms) {
  countermark_webhook_signer *signer = NULL;
  countermark_webhook_verifier *verifier = NULL;
  countermark_webhook_explainer *explainer = NULL;
  countermark_webhook_explanation *explanation = NULL;
  countermark_signed_webhook *sent = NULL;
  countermark_verified_webhook *webhook = NULL;
  countermark_error *error = NULL;
  countermark_webhook_request request;
  countermark_signed_webhook_view out;
  countermark_verified_webhook_view in, again;
  countermark_webhook_explanation_view why;
  char longer[sizeof BODY];

  memset(&request, 0, sizeof request);
  CHECK(countermark_webhook_signer_new(config, &signer, NULL) == COUNTERMARK_OK);
  CHECK(countermark_webhook_signer_sign(signer, &request, BODY, strlen(BODY), NULL, 0, NOW, &sent, NULL) == COUNTERMARK_OK);
  CHECK(countermark_signed_webhook_read(sent, &out, NULL) == COUNTERMARK_OK);
  CHECK(out.headers_len > 0 && out.url.ptr == NULL && out.body.ptr == NULL);

  request.method = view("POST");
  request.headers = out.headers;
  request.headers_len = out.headers_len;
  CHECK(countermark_webhook_verifier_new(config, &verifier, NULL) == COUNTERMARK_OK);
  CHECK(countermark_webhook_verifier_unusable_key(verifier, 0).ptr == NULL);
  for (size_t at = 0; at <= out.headers_len; at++) {
    CHECK((countermark_webhook_verifier_header_name(verifier, at).ptr != NULL) == (at < out.headers_len));
  }
  CHECK(countermark_webhook_verifier_verify(verifier, &request, BODY, strlen(BODY), NOW, &webhook, NULL) == COUNTERMARK_OK);
  CHECK(countermark_verified_webhook_read(webhook, &in, NULL) == COUNTERMARK_OK);
  CHECK(same(in.scheme, scheme) && same(in.key_id, "2026-11") && in.message_id.ptr == NULL);
  CHECK(in.timestamp_ms == signed_ms && in.replay_key.len == 64 && in.covers_body == 1 && in.fields_len == 0);
  CHECK(in.covers_len > 0 && same(in.covers[in.covers_len - 1], "body"));
  CHECK(countermark_verified_webhook_read(webhook, &again, NULL) == COUNTERMARK_OK);
  CHECK(again.replay_key.ptr == in.replay_key.ptr && again.covers == in.covers);
  countermark_verified_webhook_free(webhook);
  webhook = NULL;

  memcpy(longer, BODY, strlen(BODY));
  longer[strlen(BODY)] = '\n';
  CHECK(taken(countermark_webhook_verifier_verify(verifier, &request, longer, sizeof longer, NOW, &webhook, &error), &error)
        == COUNTERMARK_SIGNATURE_MISMATCH);
  CHECK(webhook == NULL);
  block(verifier, &request);
  CHECK(countermark_webhook_explainer_new(config, &explainer, NULL) == COUNTERMARK_OK);
  CHECK(countermark_webhook_explainer_explain(explainer, &request, longer, sizeof longer, NOW, &explanation, NULL) == COUNTERMARK_OK);
  CHECK(countermark_webhook_explanation_read(explanation, &why, NULL) == COUNTERMARK_OK);
  CHECK(why.error == COUNTERMARK_SIGNATURE_MISMATCH && why.complete == 1 && why.checks_len == 7);
  CHECK(same(why.checks[5].step, "signature") && same(why.checks[5].state, "failed") && same(why.checks[6].state, "not_reached"));
  CHECK(why.causes_len == 1 && same(why.causes[0].row.name, "body_newline_added") && why.causes[0].amount == 1);
  CHECK(same(why.causes[0].certainty, "proved") && same(why.causes[0].row.unit, "bytes"));
  CHECK(why.body_len == sizeof longer && why.body_sha256.len == 64);

  countermark_webhook_explanation_free(explanation);
  countermark_webhook_explainer_free(explainer);
  countermark_webhook_verifier_free(verifier);
  countermark_webhook_signer_free(signer);
  countermark_signed_webhook_free(sent);
}

static void schemes(void) {
  countermark_webhook_config config;
  countermark_webhook_key key;
  countermark_scheme_spec spec;
  countermark_webhook_verifier *verifier = NULL;
  countermark_error *error = NULL;

  config_of(&config, &key, "a secret of twenty characters");
  config.scheme = view("github");
  sign_and_verify(&config, "github", COUNTERMARK_NO_TIME);
  config.scheme = view("stripe");
  key.secret = view("whsec_abcdefghijklmnopqrstuvwxyz");
  sign_and_verify(&config, "stripe", NOW);

  memset(&spec, 0, sizeof spec);
  spec.id = view("shop");
  spec.signature_header = view("X-Shop-Signature");
  spec.prefix = view("v1=");
  spec.encoding = view("base64url");
  spec.hash = view("sha512");
  spec.signed_parts = view("{timestamp}.{body}");
  spec.time_header = view("X-Shop-Time");
  spec.time_unit = view("rfc3339");
  spec.max_age_s = COUNTERMARK_DEFAULT;
  spec.max_future_s = COUNTERMARK_DEFAULT;
  config.scheme = view(NULL);
  config.spec = &spec;
  sign_and_verify(&config, "shop", NOW);

  spec.hash = view("md5");
  CHECK(taken(countermark_webhook_verifier_new(&config, &verifier, &error), &error) == COUNTERMARK_INVALID_CONFIG);
  spec.hash = view(NULL);
  config.scheme = view("stripe");
  CHECK(taken(countermark_webhook_verifier_new(&config, &verifier, &error), &error) == COUNTERMARK_INVALID_CONFIG);
  config.spec = NULL;
  config.scheme = view("no-such-scheme");
  CHECK(taken(countermark_webhook_verifier_new(&config, &verifier, &error), &error) == COUNTERMARK_UNKNOWN_SCHEME);
  config.scheme = view("github");
  config.max_age_s = -2;
  CHECK(taken(countermark_webhook_verifier_new(&config, &verifier, &error), &error) == COUNTERMARK_INVALID_CONFIG);
  config.max_age_s = COUNTERMARK_DEFAULT;
  config.max_body_bytes = -1;
  CHECK(taken(countermark_webhook_verifier_new(&config, &verifier, &error), &error) == COUNTERMARK_INVALID_CONFIG);
  config.max_body_bytes = COUNTERMARK_DEFAULT;
  config.ignore_time = 2;
  CHECK(taken(countermark_webhook_verifier_new(&config, &verifier, &error), &error) == COUNTERMARK_INVALID_INPUT);
  CHECK(verifier == NULL);
}

// What a sender chose is refused as its own fault; what the caller writes itself stays the caller's.
static void not_text(void) {
  countermark_webhook_config config;
  countermark_webhook_key key;
  countermark_webhook_verifier *verifier = NULL;
  countermark_webhook_explainer *explainer = NULL;
  countermark_webhook_signer *signer = NULL;
  countermark_verified_webhook *webhook = NULL;
  countermark_webhook_explanation *explanation = NULL;
  countermark_webhook_answer *answer = NULL;
  countermark_signed_webhook *sent = NULL;
  countermark_error *error = NULL;

  config_of(&config, &key, "a secret of twenty characters");
  config.scheme = view("github");
  CHECK(countermark_webhook_verifier_new(&config, &verifier, NULL) == COUNTERMARK_OK);
  CHECK(countermark_webhook_explainer_new(&config, &explainer, NULL) == COUNTERMARK_OK);
  CHECK(countermark_webhook_signer_new(&config, &signer, NULL) == COUNTERMARK_OK);
  for (int place = 0; place < 4; place++) {
    countermark_webhook_request request;
    countermark_pair header = {view("X-\xe9"), view("v")};
    countermark_str *const texts[] = {&request.method, &request.url, &request.query};

    memset(&request, 0, sizeof request);
    if (place < 3) {
      *texts[place] = view("\xe9");
    } else {
      request.headers = &header;
      request.headers_len = 1;
    }
    CHECK(taken(countermark_webhook_verifier_verify(verifier, &request, BODY, strlen(BODY), NOW, &webhook, &error), &error)
          == COUNTERMARK_INVALID_ENCODING);
    CHECK(taken(countermark_webhook_explainer_explain(explainer, &request, BODY, strlen(BODY), NOW, &explanation, &error), &error)
          == COUNTERMARK_INVALID_ENCODING);
    CHECK(taken(countermark_webhook_handshake_answer("zoom", 4, NULL, 0, &request, BODY, strlen(BODY), &answer, &error), &error)
          == COUNTERMARK_INVALID_ENCODING);
    CHECK(taken(countermark_webhook_signer_sign(signer, &request, BODY, strlen(BODY), NULL, 0, NOW, &sent, &error), &error)
          == COUNTERMARK_INVALID_INPUT);
    // A pointer that is missing is the caller's in any case.
    request.url.ptr = NULL;
    request.url.len = 1;
    request.method = view(NULL);
    request.headers_len = 0;
    CHECK(taken(countermark_webhook_verifier_verify(verifier, &request, BODY, strlen(BODY), NOW, &webhook, &error), &error)
          == COUNTERMARK_INVALID_INPUT);
  }
  CHECK(webhook == NULL && explanation == NULL && answer == NULL && sent == NULL);
  countermark_webhook_verifier_free(verifier);
  countermark_webhook_explainer_free(explainer);
  countermark_webhook_signer_free(signer);
}

static void tables(void) {
  countermark_webhook_schemes *all = NULL;
  countermark_webhook_scheme row;
  countermark_webhook_cause_row cause;
  size_t found = 0;

  CHECK(countermark_webhook_schemes_new(&all, NULL) == COUNTERMARK_OK);
  CHECK(countermark_webhook_schemes_len(all) > 60);
  for (size_t i = 0; i < countermark_webhook_schemes_len(all); i++) {
    CHECK(countermark_webhook_schemes_row(all, i, &row, NULL) == COUNTERMARK_OK && row.id.len > 0);
    found += same(row.id, "stripe") && same(row.digest, "hmac") && row.signature_headers_len == 1 && row.max_age_s > 0;
  }
  CHECK(found == 1);
  CHECK(countermark_webhook_schemes_row(all, countermark_webhook_schemes_len(all), &row, NULL) == COUNTERMARK_INVALID_INPUT);
  countermark_webhook_schemes_free(all);

  CHECK(countermark_webhook_cause_table_row(0, &cause, NULL) == COUNTERMARK_OK && cause.number > 0 && cause.remedy.len > 0);
  CHECK(countermark_webhook_cause_table_row(countermark_webhook_cause_table_len(), &cause, NULL) == COUNTERMARK_INVALID_INPUT);
}

static void answers(void) {
  static const char challenge[] = "{\"type\":\"url_verification\",\"challenge\":\"abc\"}";
  static const char token[] = "{\"verification_token\":\"secret_abcdefghijklmnopqrstuvwxyz0123456789\"}";
  countermark_webhook_request request;
  countermark_webhook_answer *answer = NULL;
  countermark_webhook_answer_view out;
  countermark_bytes *secret = NULL;

  memset(&request, 0, sizeof request);
  request.method = view("POST");
  CHECK(countermark_webhook_handshake_order("slack", 5) == COUNTERMARK_HANDSHAKE_AFTER_VERIFY);
  CHECK(countermark_webhook_handshake_order("notion", 6) == COUNTERMARK_HANDSHAKE_BEFORE_VERIFY);
  CHECK(countermark_webhook_handshake_order("github", 6) == COUNTERMARK_HANDSHAKE_NONE);
  CHECK(countermark_webhook_handshake_answer("slack", 5, NULL, 0, &request, challenge, strlen(challenge), &answer, NULL) == COUNTERMARK_OK);
  CHECK(countermark_webhook_answer_read(answer, &out, NULL) == COUNTERMARK_OK && out.status == 200 && same(out.body, "abc"));
  countermark_webhook_answer_free(answer);
  CHECK(countermark_webhook_handshake_answer("slack", 5, NULL, 0, &request, BODY, strlen(BODY), &answer, NULL) == COUNTERMARK_OK);
  CHECK(answer == NULL);
  CHECK(countermark_webhook_handshake_secret("notion", 6, token, strlen(token), &secret, NULL) == COUNTERMARK_OK);
  CHECK(same(countermark_bytes_view(secret), "secret_abcdefghijklmnopqrstuvwxyz0123456789"));
  countermark_bytes_free(secret);
  CHECK(countermark_webhook_success("adyen-item", 10, &answer, NULL) == COUNTERMARK_OK);
  CHECK(countermark_webhook_answer_read(answer, &out, NULL) == COUNTERMARK_OK && same(out.body, "[accepted]"));
  countermark_webhook_answer_free(answer);
  CHECK(countermark_webhook_error_status("mailgun", 7, COUNTERMARK_SIGNATURE_MISMATCH) == 406);
  CHECK(countermark_webhook_error_status("mailgun", 7, 12345) == 500);
}

// The later of what the view said and the site's own span from now; nothing is made up.
static void keep(void) {
  int64_t until_ms = 1;
  countermark_error *error = NULL;

  CHECK(countermark_webhook_keep_until_ms(NOW + 5, 60, NOW, &until_ms, NULL) == COUNTERMARK_OK && until_ms == NOW + 60000);
  CHECK(countermark_webhook_keep_until_ms(NOW + 5, COUNTERMARK_DEFAULT, NOW, &until_ms, NULL) == COUNTERMARK_OK && until_ms == NOW + 5);
  CHECK(countermark_webhook_keep_until_ms(COUNTERMARK_NO_TIME, 60, NOW, &until_ms, NULL) == COUNTERMARK_OK && until_ms == NOW + 60000);
  CHECK(taken(countermark_webhook_keep_until_ms(COUNTERMARK_NO_TIME, COUNTERMARK_DEFAULT, NOW, &until_ms, &error), &error)
        == COUNTERMARK_INVALID_CONFIG);
  CHECK(until_ms == 0);
  CHECK(countermark_webhook_keep_until_ms(COUNTERMARK_NO_TIME, 0, NOW, &until_ms, NULL) == COUNTERMARK_INVALID_CONFIG);
  CHECK(countermark_webhook_keep_until_ms(NOW + 5, 0, NOW, &until_ms, NULL) == COUNTERMARK_INVALID_CONFIG);
  CHECK(countermark_webhook_keep_until_ms(COUNTERMARK_NO_TIME, -1, NOW, &until_ms, NULL) == COUNTERMARK_INVALID_CONFIG);
  CHECK(countermark_webhook_keep_until_ms(COUNTERMARK_NO_TIME, INT64_C(1) << 32, NOW, &until_ms, NULL) == COUNTERMARK_INVALID_CONFIG);
}

// Who needs a time to keep: a scheme that signs no time, or whose time is not checked, and not a token.
static void needs_keep(void) {
  static const struct {
    const char *scheme;
    int32_t ignore_time, needs_keep;
  } cases[] = {{"github", 0, 1}, {"stripe", 0, 0}, {"stripe", 1, 1}, {"gitlab-token", 0, 0}};

  for (size_t at = 0; at < sizeof cases / sizeof *cases; at++) {
    countermark_webhook_config config;
    countermark_webhook_key key;
    countermark_webhook_verifier *verifier = NULL;

    config_of(&config, &key, "a secret of thirty-two characters");
    config.scheme = view(cases[at].scheme);
    config.ignore_time = cases[at].ignore_time;
    CHECK(countermark_webhook_verifier_new(&config, &verifier, NULL) == COUNTERMARK_OK);
    CHECK(countermark_webhook_verifier_needs_keep(verifier) == cases[at].needs_keep);
    countermark_webhook_verifier_free(verifier);
  }
  CHECK(countermark_webhook_verifier_needs_keep(NULL) == 0);
}

int main(void) {
  schemes();
  not_text();
  tables();
  answers();
  keep();
  needs_keep();
  return checks_failed;
}
