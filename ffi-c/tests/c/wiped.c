// No key is left in the memory of a process once what held it is freed.
//
// A child makes, uses and frees verifiers, signers and explainers, wipes its own copies and stops. Its parent then reads all memory that the
// child can write, as a core dump would hold it, and looks for each quarter of the secrets. Neither has them as constants. Linked with `-z now`:
// a function that is looked up at its first call saves all registers on the stack, also those in which `memcpy` had a secret.

#define _GNU_SOURCE

#include "signed.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

// Letters of a secret, by a rule. Both lengths are multiples of four.
enum { TEXT = 40, DECODED = 30 };

static char letter(size_t at) { return (char)('a' + (at * 7 + 3) % 26); }

// What base64 makes of the letters.
static unsigned char decoded(size_t at) {
  unsigned bits = 0;
  for (size_t i = 0; i < 4; i++) bits = bits << 6 | (unsigned)(letter(at / 3 * 4 + i) - 'a' + 26);
  return (unsigned char)(bits >> (16 - 8 * (at % 3)));
}

static unsigned char text_byte(size_t at) { return (unsigned char)letter(at); }

static void wipe(char *bytes, size_t len) {
  volatile char *place = bytes;
  while (len-- > 0) *place++ = 0;
}

// How often a quarter of the secret stands in the bytes.
static size_t count(const unsigned char *bytes, size_t len, unsigned char (*secret)(size_t), size_t secret_len) {
  size_t found = 0, quarter = secret_len / 4;
  for (size_t part = 0; part < 4; part++) {
    for (size_t at = 0; at + quarter <= len; at++) {
      size_t same = 0;
      while (same < quarter && bytes[at + same] == secret(part * quarter + same)) same++;
      found += same == quarter;
    }
  }
  return found;
}

// The same over all memory that a stopped process can write.
static size_t found_in(pid_t child) {
  char name[64], line[512];
  size_t found = 0;
  FILE *maps;
  int memory;

  snprintf(name, sizeof name, "/proc/%d/mem", (int)child);
  memory = open(name, O_RDONLY);
  snprintf(name, sizeof name, "/proc/%d/maps", (int)child);
  maps = fopen(name, "r");
  if (memory < 0 || maps == NULL) {
    perror("the memory of the child");
    exit(2);
  }
  while (fgets(line, sizeof line, maps) != NULL) {
    unsigned long from, to;
    char access[5];
    if (sscanf(line, "%lx-%lx %4s", &from, &to, access) != 3 || access[1] != 'w') continue;
    unsigned char *bytes = malloc(to - from);
    ssize_t len = pread(memory, bytes, to - from, (off_t)from);
    if (len > 0) {
      found += count(bytes, (size_t)len, text_byte, TEXT);
      found += count(bytes, (size_t)len, decoded, DECODED);
    }
    free(bytes);
  }
  fclose(maps);
  close(memory);
  return found;
}

static void webhook(const char *scheme, const char *encoding, char *secret) {
  static const char body[] = "{\"event\":\"paid\"}";
  countermark_webhook_config config;
  countermark_webhook_key key;
  countermark_webhook_verifier *verifier = NULL;
  countermark_webhook_explainer *explainer = NULL;
  countermark_signed_webhook *sent = NULL;
  countermark_verified_webhook *webhook = NULL;
  countermark_webhook_request request;
  countermark_str text = {secret, TEXT};
  countermark_pair header;

  configure(&config, &key, scheme, text);
  key.encoding = view(encoding);
  header = sign(&config, body, strlen(body), &sent);
  memset(&request, 0, sizeof request);
  request.headers = &header;
  request.headers_len = 1;
  CHECK(countermark_webhook_verifier_new(&config, &verifier, NULL) == COUNTERMARK_OK);
  CHECK(countermark_webhook_verifier_verify(verifier, &request, body, strlen(body), NOW, &webhook, NULL) == COUNTERMARK_OK);
  CHECK(countermark_webhook_explainer_new(&config, &explainer, NULL) == COUNTERMARK_OK);
  countermark_verified_webhook_free(webhook);
  countermark_webhook_explainer_free(explainer);
  countermark_webhook_verifier_free(verifier);
  countermark_signed_webhook_free(sent);
}

static void query(int32_t profile, char *secret) {
  countermark_query_key key;
  countermark_query_config config;
  countermark_query_signer *signer = NULL;
  countermark_query_verifier *verifier = NULL;

  memset(&key, 0, sizeof key);
  memset(&config, 0, sizeof config);
  key.id = view("k1");
  key.secret.ptr = secret;
  key.secret.len = TEXT;
  key.not_before_ms = COUNTERMARK_ALWAYS_BEFORE;
  key.not_after_ms = COUNTERMARK_ALWAYS_AFTER;
  config.profile = profile;
  config.keys = &key;
  config.keys_len = 1;
  if (profile == COUNTERMARK_QUERY_V1) config.audience = view("shop");
  config.max_age_s = COUNTERMARK_DEFAULT;
  config.max_future_s = COUNTERMARK_DEFAULT;
  CHECK(countermark_query_signer_new(&config, &signer, NULL) == COUNTERMARK_OK);
  CHECK(countermark_query_verifier_new(&config, &verifier, NULL) == COUNTERMARK_OK);
  countermark_query_signer_free(signer);
  countermark_query_verifier_free(verifier);
}

// What the twin keeps, and the test must find.
static char *volatile kept_copy;

static void use_keys(int keeps_a_copy) {
  char secret[TEXT];
  for (size_t at = 0; at < TEXT; at++) secret[at] = letter(at);
  for (size_t at = 0; at < 3; at++) {
    webhook(SCHEMES[at], NULL, secret);
    webhook(SCHEMES[at], "base64", secret);
  }
  query(COUNTERMARK_QUERY_V1, secret);
  query(COUNTERMARK_QUERY_LEGACY_ONELOGIN, secret);
  if (keeps_a_copy) {
    kept_copy = malloc(TEXT);
    memcpy(kept_copy, secret, TEXT);
  }
  wipe(secret, TEXT);
}

static size_t left_behind(int keeps_a_copy) {
  size_t found;
  pid_t child = fork();
  if (child == 0) {
    use_keys(keeps_a_copy);
    if (checks_failed) _exit(1);
    raise(SIGSTOP);
    _exit(0);
  }
  int status;
  waitpid(child, &status, WUNTRACED);
  CHECK(WIFSTOPPED(status));
  found = found_in(child);
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  return found;
}

int main(void) {
  size_t freed = left_behind(0), kept = left_behind(1);
  printf("quarters of secrets in memory: %zu after everything was freed, %zu where a copy was kept\n", freed, kept);
  CHECK(freed == 0);
  CHECK(kept >= 4);
  return checks_failed;
}
