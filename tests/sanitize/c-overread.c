// A length beyond the memory that the program has for the text.
#include "countermark.h"
#include <stdlib.h>
#include <string.h>

int main(void) {
  char *scheme = malloc(5);
  if (scheme == NULL) return 1;
  memcpy(scheme, "slack", 5);
  (void)countermark_webhook_handshake_order(scheme, 4096);
  free(scheme);
  return 0;
}
