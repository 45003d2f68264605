// What the C tests share: checks that print where they fail, and views of literals.
#ifndef CHECK_H
#define CHECK_H

#include "countermark.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int checks_failed;

#define CHECK(condition)                                                    \
  do {                                                                      \
    if (!(condition)) {                                                     \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);       \
      checks_failed = 1;                                                    \
    }                                                                       \
  } while (0)

static inline countermark_str view(const char *text) {
  countermark_str it;
  it.ptr = text;
  it.len = text ? strlen(text) : 0;
  return it;
}

static inline int same(countermark_str it, const char *text) {
  return it.ptr != NULL && it.len == strlen(text) && memcmp(it.ptr, text, it.len) == 0;
}

// The status of a call with its error object, which must say the same, and is freed.
static inline countermark_status taken(countermark_status status, countermark_error **error) {
  CHECK((status == COUNTERMARK_OK) == (*error == NULL));
  CHECK(*error == NULL || countermark_error_number(*error) == status);
  countermark_error_free(*error);
  *error = NULL;
  return status;
}

#endif
