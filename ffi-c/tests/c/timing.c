// Times of verifications by the C library: timing SCHEME honest|leaky SAMPLES FILE. See tests/timing/README.md.

#define _GNU_SOURCE

#include "signed.h"

#include <time.h>

static uint64_t now_ns(void) {
  struct timespec it;
  clock_gettime(CLOCK_MONOTONIC, &it);
  return (uint64_t)it.tv_sec * 1000000000 + (uint64_t)it.tv_nsec;
}

static uint64_t state = 88172645463325252u;
static unsigned coin(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (unsigned)(state >> 40 & 1);
}

static countermark_webhook_verifier *verifier;
static char right[160], signatures[2][160], chosen[160];
static size_t signature_len;
static countermark_str header_name;
static const char BODY[] = "{\"event\":\"paid\"}";

// The signature of a class, always at one place and always read from both: the time would tell where what was read lies.
static void choose(unsigned class) {
  // Else the compiler could make a branch of it, and read one of them only.
  volatile char mask = (char)-(int)class;
  for (size_t at = 0; at < signature_len; at++) chosen[at] = (char)(signatures[0][at] ^ ((signatures[0][at] ^ signatures[1][at]) & mask));
}

static void verify(void) {
  countermark_verified_webhook *webhook = NULL;
  countermark_pair header;
  countermark_webhook_request request;
  header.name = header_name;
  header.value.ptr = chosen;
  header.value.len = signature_len;
  memset(&request, 0, sizeof request);
  request.headers = &header;
  request.headers_len = 1;
  CHECK(countermark_webhook_verifier_verify(verifier, &request, BODY, strlen(BODY), NOW, &webhook, NULL) == COUNTERMARK_SIGNATURE_MISMATCH);
}

// The twin: the same, and then a comparison that ends at the first difference.
static volatile int verdict;
static void leaky(void) {
  size_t at = 0;
  verify();
  while (at < signature_len && right[at] == chosen[at]) at++;
  verdict = at == signature_len;
}

int main(int count, char **arguments) {
  countermark_webhook_config config;
  countermark_webhook_key key;
  countermark_signed_webhook *sent = NULL;
  countermark_pair header;
  void (*run)(void);
  size_t samples, digits;
  FILE *file;

  if (count != 5) return 2;
  run = strcmp(arguments[2], "leaky") == 0 ? leaky : verify;
  samples = strtoull(arguments[3], NULL, 10);
  configure(&config, &key, arguments[1], view("a secret of thirty-two characters"));
  header = sign(&config, BODY, strlen(BODY), &sent);
  signature_len = header.value.len;
  header_name = header.name;
  memcpy(right, header.value.ptr, signature_len);
  memcpy(signatures[0], right, signature_len);
  memcpy(signatures[1], right, signature_len);
  // Still hex digits: what is none is refused sooner.
  signatures[0][signature_len - 1] = right[signature_len - 1] == '0' ? '1' : '0';
  digits = strcspn(right, "=");
  for (size_t digit = digits < signature_len ? digits + 1 : 0; digit < signature_len; digit++) {
    signatures[1][digit] = right[digit] == '0' ? '1' : '0';
  }
  CHECK(countermark_webhook_verifier_new(&config, &verifier, NULL) == COUNTERMARK_OK);

  file = fopen(arguments[4], "wb");
  CHECK(file != NULL);
  for (size_t at = 0; file != NULL && at < samples; at++) {
    unsigned class = coin();
    uint64_t began, time;
    choose(class);
    began = now_ns();
    run();
    time = 2 * (now_ns() - began) + class;
    CHECK(fwrite(&time, sizeof time, 1, file) == 1);
  }
  CHECK(file != NULL && fclose(file) == 0);
  countermark_webhook_verifier_free(verifier);
  countermark_signed_webhook_free(sent);
  return checks_failed;
}
