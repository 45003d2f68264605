// dudect (Reparaz, Balasch, Verbauwhede, 2017) over the C library: is the time of a verification that of another, whatever the key?
//
// Two classes of requests in random order: of the first, the signature begins like the right one and differs at its end; of the second, it
// differs from the start. Welch's t of the times, of all and of the fastest parts of them, says whether they can be told apart: beyond
// 4.5 they can. A comparison that ends at the first difference must be caught. No test of the suite: a timing test on a machine with
// other work says little. `scripts/timing` runs it.

#define _GNU_SOURCE

#include "signed.h"

#include <math.h>
#include <time.h>

enum { CROPS = 20 };

static double now_ns(void) {
  struct timespec it;
  clock_gettime(CLOCK_MONOTONIC, &it);
  return (double)it.tv_sec * 1e9 + (double)it.tv_nsec;
}

// Welch's t-test, online, for each part of the times.
typedef struct {
  double count[2], mean[2], square[2];
} welch;

static void push(welch *test, int class, double value) {
  double delta = value - test->mean[class];
  test->count[class] += 1;
  test->mean[class] += delta / test->count[class];
  test->square[class] += delta * (value - test->mean[class]);
}

static double t_of(const welch *test) {
  double variance = 0;
  if (test->count[0] < 10000 || test->count[1] < 10000) return 0;
  for (int class = 0; class < 2; class++) variance += test->square[class] / (test->count[class] - 1) / test->count[class];
  return (test->mean[0] - test->mean[1]) / sqrt(variance);
}

static uint64_t state = 88172645463325252u;
static int coin(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (int)(state >> 40 & 1);
}

static int order(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }

static countermark_webhook_verifier *verifier;
static char right[160], signatures[2][160], chosen[160];
static size_t signature_len;
static countermark_str header_name;
static const char BODY[] = "{\"event\":\"paid\"}";

// Both classes lie at one place, or the times of two places would be compared.
static void choose(int class) { memcpy(chosen, signatures[class], signature_len); }

// The largest |t| over `samples` calls of `run` with a class.
static double measure(void (*run)(void), size_t samples) {
  double limits[CROPS], first[10000], largest = 0;
  welch tests[CROPS + 1];

  memset(tests, 0, sizeof tests);
  for (size_t at = 0; at < 10000; at++) {
    double began;
    choose(coin());
    began = now_ns();
    run();
    first[at] = now_ns() - began;
  }
  qsort(first, 10000, sizeof *first, order);
  // Interrupts and the like make long times of either class.
  for (int at = 0; at < CROPS; at++) limits[at] = first[(size_t)(9999 * (1 - pow(0.5, 10.0 * (at + 1) / CROPS)))];
  for (size_t at = 0; at < samples; at++) {
    int class = coin();
    double began, took;
    choose(class);
    began = now_ns();
    run();
    took = now_ns() - began;
    push(&tests[CROPS], class, took);
    for (int crop = 0; crop < CROPS; crop++) {
      if (took < limits[crop]) push(&tests[crop], class, took);
    }
  }
  for (int at = 0; at <= CROPS; at++) largest = fmax(largest, fabs(t_of(&tests[at])));
  return largest;
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
  (void)countermark_webhook_verifier_verify(verifier, &request, BODY, strlen(BODY), NOW, &webhook, NULL);
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
  size_t samples = count > 1 ? strtoull(arguments[1], NULL, 10) : 1000000;
  for (size_t at = 0; at < 3; at++) {
    countermark_webhook_config config;
    countermark_webhook_key key;
    countermark_signed_webhook *sent = NULL;
    countermark_pair header;
    double honest, twin;

    configure(&config, &key, SCHEMES[at], view("a secret of thirty-two characters"));
    header = sign(&config, BODY, strlen(BODY), &sent);
    signature_len = header.value.len;
    header_name = header.name;
    memcpy(right, header.value.ptr, signature_len);
    memcpy(signatures[0], right, signature_len);
    memcpy(signatures[1], right, signature_len);
    // Still hex digits: what is none is refused sooner.
    signatures[0][signature_len - 1] = right[signature_len - 1] == '0' ? '1' : '0';
    // All behind `sha256=`.
    for (size_t digit = at == 0 ? 5 : at == 1 ? 7 : 0; digit < signature_len; digit++) {
      signatures[1][digit] = right[digit] == '0' ? '1' : '0';
    }
    CHECK(countermark_webhook_verifier_new(&config, &verifier, NULL) == COUNTERMARK_OK);
    honest = measure(verify, samples);
    twin = measure(leaky, samples);
    printf("%s: |t| %.2f over %zu verifications, %.2f with a leaky comparison\n", SCHEMES[at], honest, samples, twin);
    CHECK(honest < 4.5);
    CHECK(twin >= 4.5);
    countermark_webhook_verifier_free(verifier);
    countermark_signed_webhook_free(sent);
  }
  return checks_failed;
}
