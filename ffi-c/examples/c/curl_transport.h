// Sends what a step machine wants to send, with libcurl.

#ifndef CURL_TRANSPORT_H
#define CURL_TRANSPORT_H

#include "countermark.h"

// What came of a request: an answer, or a failure to report.
typedef struct {
  int32_t failure; // COUNTERMARK_FAILURE_*, or 0 for an answer
  int32_t phase;   // COUNTERMARK_PHASE_*
  uint32_t status;
  char *body; // to be freed
  size_t body_len;
} curl_reply;

// `extra_roots_pem`: further root certificates as PEM text, or NULL.
curl_reply curl_transport_send(const countermark_step *step, const char *extra_roots_pem);

// Unix time in milliseconds.
int64_t now_in_ms(void);

// Returns at `until_ms` or later.
void sleep_until_ms(int64_t until_ms);

#endif
