// Verifies a signed link, and lets it in once.
//
//   verify_query SECRET AUDIENCE 'field=value&...&signature=...'      exit code 0: verified

#define _POSIX_C_SOURCE 200809L
#include "countermark.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

static countermark_str view(const char *text) {
  return (countermark_str){text, strlen(text)};
}

static int refused(countermark_error *error) {
  countermark_str name = countermark_error_name(error), message = countermark_error_message(error);
  // For the log. The visitor sees only countermark_error_public_message.
  fprintf(stderr, "%.*s: %.*s\n", (int)name.len, name.ptr, (int)message.len, message.ptr);
  countermark_error_free(error);
  return 1;
}

int main(int argc, char **argv) {
  countermark_error *error = NULL;
  countermark_query_verifier *verifier = NULL;
  countermark_verified_query *query = NULL;
  countermark_verified_query_view read;
  // Of a server there is one, for all its requests.
  countermark_replay_memory *used = NULL;
  if (argc != 4 || countermark_abi_version() != COUNTERMARK_ABI_VERSION) return 2;

  countermark_query_key key = {.id = view("2026-11"), .secret = view(argv[1]),
                               .not_before_ms = COUNTERMARK_ALWAYS_BEFORE, .not_after_ms = COUNTERMARK_ALWAYS_AFTER};
  countermark_query_config config = {.profile = COUNTERMARK_QUERY_V1, .keys = &key, .keys_len = 1, .audience = view(argv[2]),
                                     .max_age_s = COUNTERMARK_DEFAULT, .max_future_s = COUNTERMARK_DEFAULT};
  if (countermark_query_verifier_new(&config, &verifier, &error) != COUNTERMARK_OK) return refused(error);
  if (countermark_replay_memory_new(COUNTERMARK_DEFAULT, &used, &error) != COUNTERMARK_OK) return refused(error);

  int64_t now_ms = (int64_t)time(NULL) * 1000;
  if (countermark_query_verifier_verify(verifier, argv[3], strlen(argv[3]), now_ms, &query, &error) != COUNTERMARK_OK) return refused(error);
  if (countermark_verified_query_read(query, &read, &error) != COUNTERMARK_OK) return refused(error);
  // Before anything is done: a second copy of the same link ends here.
  if (countermark_replay_memory_reserve(used, read.replay_key.ptr, read.replay_key.len, read.replay_until_ms, now_ms, &error) != COUNTERMARK_OK) {
    return refused(error);
  }
  for (size_t i = 0; i < read.fields_len; i++) {
    printf("%.*s = %.*s\n", (int)read.fields[i].name.len, read.fields[i].name.ptr, (int)read.fields[i].value.len, read.fields[i].value.ptr);
  }
  countermark_verified_query_free(query);
  countermark_replay_memory_free(used);
  countermark_query_verifier_free(verifier);
  return 0;
}
