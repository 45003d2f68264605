// c-misuse overread | leak | misaligned: what a program does wrong, and a sanitizer must see.
#include "countermark.h"
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
  const char *misuse = argc > 1 ? argv[1] : "";
  char *memory = calloc(1, 256);
  if (memory == NULL) return 1;
  if (strcmp(misuse, "overread") == 0) {
    // A length beyond the memory that the program has for the text.
    char *scheme = malloc(5);
    if (scheme == NULL) return 1;
    memcpy(scheme, "slack", 5);
    (void)countermark_webhook_handshake_order(scheme, 4096);
    free(scheme);
  } else if (strcmp(misuse, "leak") == 0) {
    struct countermark_replay_memory *lost = NULL;
    (void)countermark_replay_memory_new(16, &lost, NULL);
    lost = NULL;
  } else if (strcmp(misuse, "misaligned") == 0) {
    // By its bytes, since the compiler would see a cast.
    const char *odd = memory + 1;
    struct countermark_replay_memory **out;
    memcpy(&out, &odd, sizeof out);
    (void)countermark_replay_memory_new(16, out, NULL);
  }
  free(memory);
  return 0;
}
