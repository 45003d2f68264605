// The program of README.md in C: scale SERVER LOGINS SECONDS. A call blocks its thread, so each login has one.

#define _GNU_SOURCE

#include "countermark.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { BEGINNERS = 50, STACK_BYTES = 256 * 1024 };

static countermark_login_client *client;
static countermark_auth_session **sessions;
static size_t logins;
static atomic_size_t next_login;
static int64_t deadline_ms;

static void need(int is_good, const char *what) {
  if (is_good) return;
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static countermark_str view(const char *text) {
  countermark_str it = {text, strlen(text)};
  return it;
}

static int64_t now_ms(void) {
  struct timespec it;
  clock_gettime(CLOCK_REALTIME, &it);
  return (int64_t)it.tv_sec * 1000 + it.tv_nsec / 1000000;
}

static long rss_bytes(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  need(file != NULL && fscanf(file, "%*s %ld", &pages) == 1, "no /proc/self/statm");
  fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

static long cpu_ms(void) {
  struct rusage it;
  getrusage(RUSAGE_SELF, &it);
  return (it.ru_utime.tv_sec + it.ru_stime.tv_sec) * 1000 + (it.ru_utime.tv_usec + it.ru_stime.tv_usec) / 1000;
}

static long open_files(void) {
  // Without the entries of the folder itself and of the one above.
  long count = -2;
  DIR *folder = opendir("/proc/self/fd");
  need(folder != NULL, "no /proc/self/fd");
  while (readdir(folder)) count++;
  closedir(folder);
  return count;
}

static void *begin_some(void *unused) {
  for (size_t at; (at = next_login++) < logins;) {
    char id[32];
    countermark_challenge *challenge;
    int len = snprintf(id, sizeof id, "user%zu", at);
    need(countermark_login_client_begin(client, id, (size_t)len, &challenge, NULL) == COUNTERMARK_OK, "a login has not begun");
    sessions[at] = countermark_challenge_session(challenge);
    countermark_challenge_free(challenge);
  }
  return unused;
}

static void *wait_for(void *place) {
  countermark_auth_session *session = *(countermark_auth_session **)place;
  countermark_login_result *result;
  countermark_login_outcome outcome;
  need(countermark_login_client_wait(client, session, deadline_ms, &result, NULL) == COUNTERMARK_OK, "a wait has failed");
  need(countermark_login_result_read(result, &outcome, NULL) == COUNTERMARK_OK && outcome.kind == COUNTERMARK_OUTCOME_PENDING, "a login has ended");
  countermark_login_result_free(result);
  return NULL;
}

static void run(pthread_t *threads, size_t count, void *(*work)(void *)) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  for (size_t at = 0; at < count; at++) {
    need(pthread_create(&threads[at], &attributes, work, &sessions[at]) == 0, "no thread");
  }
}

static void join(pthread_t *threads, size_t count) {
  for (size_t at = 0; at < count; at++) pthread_join(threads[at], NULL);
}

int main(int count, char **arguments) {
  countermark_login_config config;
  pthread_t *threads;
  long before, cpu, grown = 0, files = 0;

  need(count == 4, "scale SERVER LOGINS SECONDS");
  logins = strtoul(arguments[2], NULL, 10);
  sessions = calloc(logins, sizeof *sessions);
  threads = calloc(logins, sizeof *threads);
  need(logins >= BEGINNERS && sessions != NULL && threads != NULL, "no memory");
  memset(&config, 0, sizeof config);
  config.server = view(arguments[1]);
  config.service_name = view("Example");
  config.service_address = view("https://example.com");
  config.show_access_pass = COUNTERMARK_DEFAULT;
  config.connect_timeout_ms = COUNTERMARK_DEFAULT;
  config.total_timeout_ms = COUNTERMARK_DEFAULT;
  need(countermark_login_client_new(&config, NULL, 0, &client, NULL) == COUNTERMARK_OK, "no client");

  before = rss_bytes();
  run(threads, BEGINNERS, begin_some);
  join(threads, BEGINNERS);
  cpu = cpu_ms();
  deadline_ms = now_ms() + 1000 * strtol(arguments[3], NULL, 10);
  run(threads, logins, wait_for);
  while (now_ms() < deadline_ms - 1000) {
    long now = open_files();
    files = now > files ? now : files;
    grown = rss_bytes() - before;
    usleep(500000);
  }
  join(threads, logins);
  printf("{\"grown_bytes\":%ld,\"cpu_ms\":%ld,\"files\":%ld}\n", grown, cpu_ms() - cpu, files);
  for (size_t at = 0; at < logins; at++) countermark_auth_session_free(sessions[at]);
  countermark_login_client_free(client);
  free(sessions);
  free(threads);
  return 0;
}
