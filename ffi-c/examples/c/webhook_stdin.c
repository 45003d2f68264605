// Verifies a webhook: its headers are arguments, its body is standard input, as a CGI program gets them.
//
//   webhook_stdin SCHEME SECRET 'Name: value' ... < body      exit code 0: verified

#include "countermark.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_BODY (1 << 20)
#define MAX_HEADERS 100

static countermark_str view(const char *text) {
  return (countermark_str){text, strlen(text)};
}

static int refused(const char *scheme, countermark_error *error) {
  countermark_str name = countermark_error_name(error), about = countermark_error_detail(error);
  uint32_t status = countermark_webhook_error_status(scheme, strlen(scheme), countermark_error_number(error));
  // For the log. The sender gets the status, and nothing else.
  fprintf(stderr, "%.*s %.*s: answer %u\n", (int)name.len, name.ptr, (int)about.len, about.ptr, (unsigned)status);
  countermark_error_free(error);
  return 1;
}

int main(int argc, char **argv) {
  countermark_pair headers[MAX_HEADERS];
  countermark_error *error = NULL;
  countermark_webhook_verifier *verifier = NULL;
  countermark_verified_webhook *webhook = NULL;
  countermark_verified_webhook_view read;
  if (argc < 3 || argc - 3 > MAX_HEADERS) return 2;
  for (int i = 3; i < argc; i++) {
    char *colon = strchr(argv[i], ':');
    if (!colon) return 2;
    headers[i - 3] = (countermark_pair){{argv[i], (size_t)(colon - argv[i])}, view(colon + 1)};
  }
  // The raw bytes: a body that went through a parser has another signature.
  char *body = malloc(MAX_BODY + 1);
  if (!body) return 2;
  size_t body_len = fread(body, 1, MAX_BODY + 1, stdin);

  countermark_webhook_key key = {.id = view("2026-11"), .secret = view(argv[2]),
                                 .not_before_ms = COUNTERMARK_ALWAYS_BEFORE, .not_after_ms = COUNTERMARK_ALWAYS_AFTER};
  countermark_webhook_config config = {.scheme = view(argv[1]), .keys = &key, .keys_len = 1, .max_age_s = COUNTERMARK_DEFAULT,
                                       .max_future_s = COUNTERMARK_DEFAULT, .max_body_bytes = MAX_BODY};
  countermark_webhook_request request = {.method = view("POST"), .headers = headers, .headers_len = (size_t)argc - 3};
  if (countermark_webhook_verifier_new(&config, &verifier, &error) != COUNTERMARK_OK) return refused(argv[1], error);
  countermark_status status =
      countermark_webhook_verifier_verify(verifier, &request, body, body_len, (int64_t)time(NULL) * 1000, &webhook, &error);
  countermark_webhook_verifier_free(verifier);
  if (status == COUNTERMARK_OK) status = countermark_verified_webhook_read(webhook, &read, &error);
  if (status != COUNTERMARK_OK) {
    free(body);
    return refused(argv[1], error);
  }
  // A server now reserves read.replay_key in a store that all its processes share.
  printf("key %.*s, %s, replay key %.*s\n", (int)read.key_id.len, read.key_id.ptr, read.covers_body ? "body signed" : "BODY NOT SIGNED",
         (int)read.replay_key.len, read.replay_key.ptr);
  countermark_verified_webhook_free(webhook);
  free(body);
  return 0;
}
