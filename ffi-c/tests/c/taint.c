// Under valgrind: no jump and no address while a request is verified depends on the key, but for the verdict.
//
// The secret is marked as undefined memory, as ctgrind does, so memcheck follows whatever is made of it. Reading the secret as a text
// (is it UTF-8, has it a line break) may depend on it, and happens once: errors are only counted from then on. A verification is left with
// the one jump of its verdict, however long the body is, and whether the signature is right, wrong at its start, or wrong at its end.

#include "signed.h"

#include <valgrind/memcheck.h>

// The verdict is looked at once.
enum { VERDICT = 1, BODY_MAX = 4096 };

// A comparison as it must not be: it ends at the first difference.
static int leaky_equal(const uint8_t *a, const uint8_t *b, size_t len) {
  for (size_t at = 0; at < len; at++) {
    if (a[at] != b[at]) return 0;
  }
  return 1;
}

// The jumps on what is made of the secret, during one verification.
static unsigned jumps(const countermark_webhook_verifier *verifier, const countermark_pair *header, const char *body, size_t len,
                      countermark_status expected) {
  countermark_verified_webhook *webhook = NULL;
  countermark_webhook_request request;
  countermark_status status;
  unsigned before;

  memset(&request, 0, sizeof request);
  request.headers = header;
  request.headers_len = 1;
  before = VALGRIND_COUNT_ERRORS;
  status = countermark_webhook_verifier_verify(verifier, &request, body, len, NOW, &webhook, NULL);
  before = VALGRIND_COUNT_ERRORS - before;
  VALGRIND_MAKE_MEM_DEFINED(&status, sizeof status);
  CHECK(status == expected);
  VALGRIND_DISABLE_ERROR_REPORTING;
  countermark_verified_webhook_free(webhook);
  VALGRIND_ENABLE_ERROR_REPORTING;
  return before;
}

static void scheme(const char *id) {
  static const size_t LENGTHS[4] = {0, 1, 64, BODY_MAX};
  static char body[BODY_MAX];
  char secret[] = "a secret of thirty-two characters";
  char signature[160];
  countermark_webhook_config config;
  countermark_webhook_key key;
  countermark_webhook_verifier *verifier = NULL;
  countermark_str text = {secret, strlen(secret)};

  memset(body, 'x', sizeof body);
  for (size_t at = 0; at < 4; at++) {
    countermark_signed_webhook *sent = NULL;
    countermark_pair header;
    unsigned right, first, last;
    size_t len;

    VALGRIND_MAKE_MEM_DEFINED(secret, sizeof secret);
    configure(&config, &key, id, text);
    header = sign(&config, body, LENGTHS[at], &sent);
    len = header.value.len;
    CHECK(len < sizeof signature);
    memcpy(signature, header.value.ptr, len);
    header.value.ptr = signature;

    VALGRIND_MAKE_MEM_UNDEFINED(secret, strlen(secret));
    VALGRIND_DISABLE_ERROR_REPORTING;
    CHECK(countermark_webhook_verifier_new(&config, &verifier, NULL) == COUNTERMARK_OK);
    VALGRIND_ENABLE_ERROR_REPORTING;

    right = jumps(verifier, &header, body, LENGTHS[at], COUNTERMARK_OK);
    signature[len - 1] = signature[len - 1] == '0' ? '1' : '0';
    last = jumps(verifier, &header, body, LENGTHS[at], COUNTERMARK_SIGNATURE_MISMATCH);
    signature[len - 40] = signature[len - 40] == '0' ? '1' : '0';
    first = jumps(verifier, &header, body, LENGTHS[at], COUNTERMARK_SIGNATURE_MISMATCH);
    printf("%s, body of %zu bytes: %u jumps on the verdict if right, %u and %u if wrong\n", id, LENGTHS[at], right, first, last);
    // None at all would mean that nothing was followed.
    CHECK(right == VERDICT && first == VERDICT && last == VERDICT);

    VALGRIND_DISABLE_ERROR_REPORTING;
    countermark_webhook_verifier_free(verifier);
    VALGRIND_ENABLE_ERROR_REPORTING;
    verifier = NULL;
    countermark_signed_webhook_free(sent);
  }
}

// What the test must find: a comparison that ends early jumps once for each byte.
static void leaky_twin(void) {
  uint8_t secret[32] = {7}, guess[32] = {7};
  unsigned before;
  volatile int verdict;

  VALGRIND_MAKE_MEM_UNDEFINED(secret, sizeof secret);
  before = VALGRIND_COUNT_ERRORS;
  verdict = leaky_equal(secret, guess, sizeof secret);
  before = VALGRIND_COUNT_ERRORS - before;
  (void)verdict;
  printf("leaky twin: %u jumps\n", before);
  CHECK(before >= sizeof secret);
}

int main(void) {
  if (!RUNNING_ON_VALGRIND) {
    fputs("run this under valgrind\n", stderr);
    return 2;
  }
  for (size_t at = 0; at < 3; at++) scheme(SCHEMES[at]);
  leaky_twin();
  return checks_failed;
}
