// Feature `http`: whole logins and SecureSign calls over the network, against `countermark id-server`.
//
//   http approved|denied SERVER ROOTS_PEM      alice is approved or denied at the second question
//   http down SERVER                           nobody listens there
//   http cut SERVER ROOTS_PEM                  each connection is cut in the middle

#define _GNU_SOURCE

#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void read_file(const char *name, char *text, size_t size, size_t *len) {
  FILE *file = fopen(name, "rb");
  CHECK(file != NULL);
  *len = file ? fread(text, 1, size, file) : 0;
  CHECK(*len > 0 && *len < size);
  if (file) fclose(file);
}

static countermark_login_client *a_client(const char *server, const char *roots, size_t roots_len) {
  countermark_login_config config;
  countermark_login_client *client = NULL;
  countermark_error *error = NULL;

  memset(&config, 0, sizeof config);
  config.server = view(server);
  config.service_name = view("Example");
  config.service_address = view("https://example.com");
  config.show_access_pass = COUNTERMARK_DEFAULT;
  config.connect_timeout_ms = COUNTERMARK_DEFAULT;
  config.total_timeout_ms = COUNTERMARK_DEFAULT;
  CHECK(taken(countermark_login_client_new(&config, roots, roots_len, &client, &error), &error) == COUNTERMARK_OK);
  config.service_name = view("");
  countermark_login_client *none = NULL;
  CHECK(taken(countermark_login_client_new(&config, roots, roots_len, &none, &error), &error) != COUNTERMARK_OK && none == NULL);
  return client;
}

static countermark_auth_session *begun(const countermark_login_client *client, const char *id, countermark_status expected) {
  countermark_challenge *challenge = NULL;
  countermark_auth_session *session = NULL;
  countermark_error *error = NULL;

  CHECK(taken(countermark_login_client_begin(client, id, strlen(id), &challenge, &error), &error) == expected);
  if (challenge) {
    CHECK(countermark_challenge_access_pass_png(challenge).len > 8);
    session = countermark_challenge_session(challenge);
    CHECK(same(countermark_auth_session_secsign_id(session), id));
  }
  CHECK((session != NULL) == (expected == COUNTERMARK_OK));
  countermark_challenge_free(challenge);
  return session;
}

static void kind_is(const countermark_login_result *result, int32_t kind, const char *who) {
  countermark_login_outcome outcome;
  CHECK(countermark_login_result_read(result, &outcome, NULL) == COUNTERMARK_OK);
  CHECK(outcome.kind == kind);
  CHECK(who ? same(outcome.secsign_id, who) : outcome.secsign_id.ptr == NULL);
}

static void a_login(const countermark_login_client *client, int is_approved) {
  countermark_login_result *result = NULL, *again = NULL;
  countermark_str who;
  countermark_error *error = NULL;
  countermark_auth_session *session = begun(client, "alice", COUNTERMARK_OK);

  CHECK(begun(client, "alice", COUNTERMARK_BUSY) == NULL);
  CHECK(countermark_login_client_check(client, session, &result, NULL) == COUNTERMARK_OK);
  kind_is(result, COUNTERMARK_OUTCOME_PENDING, NULL);
  CHECK(taken(countermark_login_result_require_approved(result, &who, &error), &error) == COUNTERMARK_LOGIN_PENDING);
  countermark_login_result_free(result);

  CHECK(countermark_login_client_wait(client, session, INT64_MAX, &result, NULL) == COUNTERMARK_OK);
  if (is_approved) {
    kind_is(result, COUNTERMARK_OUTCOME_APPROVED, "alice");
    CHECK(countermark_login_result_require_approved(result, &who, NULL) == COUNTERMARK_OK && same(who, "alice"));
    CHECK(taken(countermark_login_client_check(client, session, &again, &error), &error) == COUNTERMARK_ALREADY_CONSUMED);
    CHECK(again == NULL);
    CHECK(countermark_login_client_release(client, session, NULL) == COUNTERMARK_OK);
  } else {
    kind_is(result, COUNTERMARK_OUTCOME_DENIED, NULL);
    CHECK(taken(countermark_login_result_require_approved(result, &who, &error), &error) == COUNTERMARK_LOGIN_DENIED);
    CHECK(who.ptr == NULL);
  }
  countermark_login_result_free(result);
  countermark_auth_session_free(session);
}

// What was withdrawn can be begun anew.
static void a_withdrawn_login(const countermark_login_client *client) {
  countermark_auth_session *session = begun(client, "bob", COUNTERMARK_OK);
  CHECK(countermark_login_client_cancel(client, session, NULL) == COUNTERMARK_OK);
  countermark_auth_session_free(session);
  countermark_auth_session_free(begun(client, "bob", COUNTERMARK_OK));
}

typedef struct {
  const countermark_login_client *client;
  countermark_auth_session *session;
} waiting;

static void *wait_to_its_end(void *it) {
  const waiting *these = it;
  countermark_login_result *result = NULL;
  CHECK(countermark_login_client_wait(these->client, these->session, INT64_MAX, &result, NULL) == COUNTERMARK_OK);
  countermark_login_result_free(result);
  return NULL;
}

// A child has none of the threads that wait, and must not wait for them.
static void a_fork_during_a_call(const countermark_login_client *client) {
  waiting carol = {client, begun(client, "carol", COUNTERMARK_OK)};
  countermark_auth_session *dave = begun(client, "dave", COUNTERMARK_OK);
  pthread_t thread;
  pid_t child;
  int status = 0, left = 100;

  CHECK(pthread_create(&thread, NULL, wait_to_its_end, &carol) == 0);
  usleep(200000);
  child = fork();
  if (child == 0) {
    countermark_login_result *result = NULL;
    _exit(countermark_login_client_check(client, dave, &result, NULL) != COUNTERMARK_OK);
  }
  CHECK(child > 0);
  while (waitpid(child, &status, WNOHANG) == 0 && left-- > 0) usleep(100000);
  if (left < 0) {
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
  }
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  pthread_join(thread, NULL);
  countermark_auth_session_free(carol.session);
  countermark_auth_session_free(dave);
}

static void securesign(const char *server, const char *roots, size_t roots_len) {
  countermark_securesign_config config;
  countermark_securesign_client *client = NULL;
  countermark_securesign_api *api = NULL;
  countermark_securesign_request request;
  countermark_securesign_opened *opened = NULL;
  countermark_securesign_session session;
  countermark_securesign_pending pending;
  countermark_str host = view("localhost");
  countermark_error *error = NULL;
  char url[200];
  int64_t rpm = 0;

  snprintf(url, sizeof url, "%sv1", server);
  memset(&config, 0, sizeof config);
  config.base_url = view(url);
  config.environment = view("test");
  config.api_key = view("ss_test_emulator");
  config.tenant_id = view("org_emulator");
  config.callback_hosts = &host;
  config.callback_hosts_len = 1;
  config.clock_skew_s = COUNTERMARK_DEFAULT;
  CHECK(countermark_securesign_client_new(&config, &client, NULL) == COUNTERMARK_OK);
  CHECK(countermark_securesign_api_new(client, roots, roots_len, &api, NULL) == COUNTERMARK_OK);
  countermark_securesign_client_free(client);

  CHECK(countermark_securesign_api_validate(api, "http://localhost:3000", 21, "web", 3, &rpm, NULL) == COUNTERMARK_OK);
  CHECK(rpm == 120);
  CHECK(taken(countermark_securesign_api_validate(api, "https://other.example", 21, "web", 3, &rpm, &error), &error) != COUNTERMARK_OK);
  CHECK(rpm == 0);
  CHECK(countermark_securesign_api_validate(api, "http://localhost:3000", 21, "fax", 3, &rpm, NULL) == COUNTERMARK_INVALID_INPUT);

  request.request_id = view("req-1");
  request.hash = view("0123456789abcdef0123456789abcdef");
  request.algorithm = view("SHA256");
  request.callback_url = view("https://localhost/signed");
  CHECK(taken(countermark_securesign_api_open_session(api, &request, &opened, &error), &error) == COUNTERMARK_OK);
  CHECK(countermark_securesign_opened_read(opened, &session, &pending, NULL) == COUNTERMARK_OK);
  CHECK(session.session_id.len > 0 && session.deep_link.len > 0);
  CHECK(same(pending.request_id, "req-1") && pending.expires_at_ms == session.expires_at_ms);
  countermark_securesign_opened_free(opened);
  countermark_securesign_api_free(api);
}

static int waits(int signal) {
  sigset_t pending;
  return sigpending(&pending) == 0 && sigismember(&pending, signal) == 1;
}

// Whoever has not said what SIGPIPE is to do is ended by it. What a program has said stays as it is.
static void cut_connections(const countermark_login_client *client) {
  sigset_t sigpipe, mask;
  char id[20];
  int i;

  CHECK(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
  for (i = 0; i < 100; i++) {
    countermark_challenge *challenge = NULL;
    snprintf(id, sizeof id, "alice%d", i);
    CHECK(countermark_login_client_begin(client, id, strlen(id), &challenge, NULL) != COUNTERMARK_OK && challenge == NULL);
  }
  CHECK(pthread_sigmask(SIG_SETMASK, NULL, &mask) == 0 && sigismember(&mask, SIGPIPE) == 0);

  sigemptyset(&sigpipe);
  sigaddset(&sigpipe, SIGPIPE);
  CHECK(pthread_sigmask(SIG_BLOCK, &sigpipe, NULL) == 0);
  for (i = 0; i < 20; i++) {
    countermark_challenge *challenge = NULL;
    snprintf(id, sizeof id, "bob%d", i);
    CHECK(countermark_login_client_begin(client, id, strlen(id), &challenge, NULL) != COUNTERMARK_OK && challenge == NULL);
    CHECK(waits(SIGPIPE) == (i >= 10));
    if (i == 9) CHECK(raise(SIGPIPE) == 0);
  }
  CHECK(pthread_sigmask(SIG_SETMASK, NULL, &mask) == 0 && sigismember(&mask, SIGPIPE) == 1);
}

int main(int argc, char **argv) {
  static char roots[100000];
  size_t roots_len = 0;
  if (argc < 3) return 2;
  if (argc > 3) read_file(argv[3], roots, sizeof roots, &roots_len);
  countermark_login_client *client = a_client(argv[2], roots, roots_len);
  if (strcmp(argv[1], "down") == 0) {
    CHECK(begun(client, "alice", COUNTERMARK_NETWORK) == NULL);
  } else if (strcmp(argv[1], "cut") == 0) {
    cut_connections(client);
  } else {
    countermark_login_client *trusts_the_platform = a_client(argv[2], NULL, 0);
    CHECK(begun(trusts_the_platform, "alice", COUNTERMARK_TLS) == NULL);
    countermark_login_client_free(trusts_the_platform);
    a_login(client, strcmp(argv[1], "approved") == 0);
    a_withdrawn_login(client);
    a_fork_during_a_call(client);
    securesign(argv[2], roots, roots_len);
  }
  countermark_login_client_free(client);
  return checks_failed;
}
