// One side of `verify.rs`: verifies the same thing again and again, reads all of it, and prints the nanoseconds of one turn.
//
//   verify TURNS NOW_MS SECRET query QUERY
//   verify TURNS NOW_MS SECRET webhook SIGNATURE BODY_LENGTH

#define _POSIX_C_SOURCE 200809L
#include "countermark.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static countermark_str view(const char *text) {
  return (countermark_str){text, strlen(text)};
}

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double queries(long turns, int64_t now_ms, countermark_str secret, countermark_str query) {
  countermark_query_key key = {.id = view("k"), .secret = secret, .not_before_ms = COUNTERMARK_ALWAYS_BEFORE, .not_after_ms = COUNTERMARK_ALWAYS_AFTER};
  countermark_query_config config = {.profile = COUNTERMARK_QUERY_V1, .keys = &key, .keys_len = 1, .audience = view("bench"),
                                     .max_age_s = COUNTERMARK_DEFAULT, .max_future_s = COUNTERMARK_DEFAULT};
  countermark_query_verifier *verifier;
  if (countermark_query_verifier_new(&config, &verifier, NULL) != COUNTERMARK_OK) exit(1);
  double start = now_ns();
  for (long i = 0; i < turns; i++) {
    countermark_verified_query *verified;
    countermark_verified_query_view all;
    if (countermark_query_verifier_verify(verifier, query.ptr, query.len, now_ms, &verified, NULL) != COUNTERMARK_OK ||
        countermark_verified_query_read(verified, &all, NULL) != COUNTERMARK_OK || all.fields_len == 0) {
      exit(1);
    }
    countermark_verified_query_free(verified);
  }
  double end = now_ns();
  countermark_query_verifier_free(verifier);
  return (end - start) / (double)turns;
}

static double webhooks(long turns, int64_t now_ms, countermark_str secret, const char *signature, size_t body_len) {
  countermark_webhook_key key = {.id = view("k"), .secret = secret, .not_before_ms = COUNTERMARK_ALWAYS_BEFORE, .not_after_ms = COUNTERMARK_ALWAYS_AFTER};
  countermark_webhook_config config = {.scheme = view("github"), .keys = &key, .keys_len = 1, .max_age_s = COUNTERMARK_DEFAULT,
                                       .max_future_s = COUNTERMARK_DEFAULT, .max_body_bytes = COUNTERMARK_DEFAULT};
  countermark_pair headers[] = {{view("Host"), view("example.com")}, {view("Content-Type"), view("application/json")},
                                {view("X-Hub-Signature-256"), view(signature)}};
  countermark_webhook_request request = {.method = view("POST"), .headers = headers, .headers_len = 3};
  countermark_webhook_verifier *verifier;
  char *body = malloc(body_len);
  if (!body || countermark_webhook_verifier_new(&config, &verifier, NULL) != COUNTERMARK_OK) exit(1);
  memset(body, 'x', body_len);
  double start = now_ns();
  for (long i = 0; i < turns; i++) {
    countermark_verified_webhook *verified;
    countermark_verified_webhook_view all;
    if (countermark_webhook_verifier_verify(verifier, &request, body, body_len, now_ms, &verified, NULL) != COUNTERMARK_OK ||
        countermark_verified_webhook_read(verified, &all, NULL) != COUNTERMARK_OK || !all.covers_body) {
      exit(1);
    }
    countermark_verified_webhook_free(verified);
  }
  double end = now_ns();
  countermark_webhook_verifier_free(verifier);
  free(body);
  return (end - start) / (double)turns;
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  long turns = atol(argv[1]);
  int64_t now_ms = atoll(argv[2]);
  countermark_str secret = view(argv[3]);
  printf("%f\n", argc == 6 ? queries(turns, now_ms, secret, view(argv[5]))
                           : webhooks(turns, now_ms, secret, argv[5], (size_t)atoll(argv[6])));
  return 0;
}
