// PHP loads extensions with RTLD_DEEPBIND, which would take them past the sanitizer's functions; and unloads libraries before it ends, so
// that a leak of theirs would be nobody's.
#define _GNU_SOURCE

#include <dlfcn.h>
#include <stddef.h>

void *dlopen(const char *file, int flags) {
  static void *(*next)(const char *, int);
  if (next == NULL) *(void **)&next = dlsym(RTLD_NEXT, "dlopen");
  return next(file, (flags & ~RTLD_DEEPBIND) | RTLD_NODELETE);
}
