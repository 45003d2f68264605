// What the programs about secrets share: a verifier of GitHub's scheme with a key, and the header that fits a body.
#ifndef SIGNED_H
#define SIGNED_H

#include "check.h"

static const int64_t NOW = 1700000000000;

// HMAC schemes over the body, one for each hash.
static const char *const SCHEMES[3] = {"github-sha1", "github", "paystack"};

static inline void configure(countermark_webhook_config *config, countermark_webhook_key *key, const char *scheme, countermark_str secret) {
  memset(key, 0, sizeof *key);
  memset(config, 0, sizeof *config);
  key->id = view("k1");
  key->secret = secret;
  key->not_before_ms = COUNTERMARK_ALWAYS_BEFORE;
  key->not_after_ms = COUNTERMARK_ALWAYS_AFTER;
  config->scheme = view(scheme);
  config->keys = key;
  config->keys_len = 1;
  config->max_age_s = COUNTERMARK_DEFAULT;
  config->max_future_s = COUNTERMARK_DEFAULT;
  config->max_body_bytes = COUNTERMARK_DEFAULT;
}

// The signature header of a body, which `sent` owns.
static inline countermark_pair sign(const countermark_webhook_config *config, const char *body, size_t len, countermark_signed_webhook **sent) {
  countermark_webhook_signer *signer = NULL;
  countermark_webhook_request request;
  countermark_signed_webhook_view out;

  memset(&request, 0, sizeof request);
  CHECK(countermark_webhook_signer_new(config, &signer, NULL) == COUNTERMARK_OK);
  CHECK(countermark_webhook_signer_sign(signer, &request, body, len, NULL, 0, NOW, sent, NULL) == COUNTERMARK_OK);
  CHECK(countermark_signed_webhook_read(*sent, &out, NULL) == COUNTERMARK_OK && out.headers_len == 1);
  countermark_webhook_signer_free(signer);
  return out.headers[0];
}

#endif
