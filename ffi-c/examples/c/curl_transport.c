#define _POSIX_C_SOURCE 200809L
#include "curl_transport.h"
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
  curl_reply *reply;
  size_t max;
} sink;

// Stops one byte beyond the limit, which tells the machine that there was more.
static size_t receive(char *data, size_t size, size_t count, void *user) {
  sink *to = user;
  size_t len = size * count, room = to->max + 1 - to->reply->body_len;
  size_t take = len < room ? len : room;
  char *grown = realloc(to->reply->body, to->reply->body_len + take + 1);
  if (!grown) return 0;
  memcpy(grown + to->reply->body_len, data, take);
  to->reply->body = grown;
  to->reply->body_len += take;
  return to->reply->body_len > to->max ? 0 : len;
}

static char *terminated(countermark_str text) {
  char *copy = malloc(text.len + 1);
  if (!copy) abort();
  memcpy(copy, text.ptr, text.len);
  copy[text.len] = '\0';
  return copy;
}

// Whether a handshake ended with the connection: one number of curl stands for that and for a refusal. The socket's failures, an OpenSSL
// that has nothing to say, and its number for an early end are told by text that no locale changes. What reads otherwise is a refusal.
static int was_cut(const char *message) {
  const char *space = strchr(message, ' ');
  return strncmp(message, "Recv failure: ", 14) == 0 || strncmp(message, "Send failure: ", 14) == 0
         || (space && strncmp(space, " SSL_connect: ", 14) == 0) || strstr(message, "error:0A000126:") != NULL;
}

static int32_t kind_of(CURLcode code, const char *message) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return COUNTERMARK_FAILURE_TIMEOUT;
    case CURLE_SSL_CONNECT_ERROR: return was_cut(message) ? COUNTERMARK_FAILURE_UNREACHABLE : COUNTERMARK_FAILURE_TLS;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER: return COUNTERMARK_FAILURE_TLS;
    default: return COUNTERMARK_FAILURE_UNREACHABLE;
  }
}

curl_reply curl_transport_send(const countermark_step *step, const char *extra_roots_pem) {
  curl_reply reply = {0};
  sink to = {&reply, step->max_reply_bytes};
  char *url = terminated(step->url), *method = terminated(step->method);
  // curl would wait for "100 Continue" before a longer body.
  struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
  for (size_t i = 0; i < step->headers_len; i++) {
    const countermark_pair *header = &step->headers[i];
    size_t len = header->name.len + header->value.len + 3;
    char *line = malloc(len);
    if (!line) abort();
    snprintf(line, len, "%.*s: %.*s", (int)header->name.len, header->name.ptr, (int)header->value.len, header->value.ptr);
    headers = curl_slist_append(headers, line);
    free(line);
  }

  CURL *curl = curl_easy_init();
  if (!curl) abort();
  char message[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message);
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)step->body.len);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, step->body.ptr);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)step->connect_timeout_ms);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)step->total_timeout_ms);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  // A request on an old connection may be sent twice without a word.
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &to);
  if (extra_roots_pem) {
    struct curl_blob roots = {(void *)extra_roots_pem, strlen(extra_roots_pem), CURL_BLOB_COPY};
    curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &roots);
  }

  CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_OK || reply.body_len > to.max) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    reply.status = (uint32_t)status;
  } else {
    // This time is taken when connection and TLS stand, before the request goes out.
    curl_off_t ready_us = 0;
    curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
    reply.failure = kind_of(code, message);
    reply.phase = ready_us == 0 ? COUNTERMARK_PHASE_NOT_SENT : COUNTERMARK_PHASE_MAYBE_SENT;
  }
  curl_easy_cleanup(curl);
  curl_slist_free_all(headers);
  free(method);
  free(url);
  return reply;
}

int64_t now_in_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sleep_until_ms(int64_t until_ms) {
  for (int64_t left = until_ms - now_in_ms(); left > 0; left = until_ms - now_in_ms()) {
    struct timespec pause = {left / 1000, left % 1000 * 1000000};
    nanosleep(&pause, NULL);
  }
}
