// The loop: a request a line, an answer a line, in order, until the end of the input.

#define _POSIX_C_SOURCE 200809L
#include "adapter.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  json_t *(*run)(json_t *request);
} OPERATIONS[] = {
    {"access_pass.check", access_pass_check},
    {"deep_link.build", deep_link_build},
    {"ident.normalize", ident_normalize},
    {"login.machine", login_machine},
    {"login.request", login_request},
    {"login.run", login_run},
    {"meta.errors", meta_errors},
    {"meta.states", meta_states},
    {"meta.version", meta_version},
    {"query.sign", query_sign},
    {"query.verify", query_verify},
    {"replay.run", replay_run},
    {"reply.parse", reply_parse},
    {"return_url.check", return_url_check},
    {"seal.open_foreign", seal_open_foreign},
    {"securesign.callback", securesign_callback},
    {"securesign.code", securesign_code},
    {"securesign.deep_link", securesign_deep_link},
    {"securesign.hint", securesign_hint},
    {"securesign.origin", securesign_origin},
    {"securesign.pin_session", securesign_pin_session},
    {"securesign.pin_status", securesign_pin_status},
    {"securesign.rate_limit", securesign_rate_limit},
    {"securesign.session", securesign_session},
    {"securesign.validate", securesign_validate},
    {"webhook.explain", webhook_explain},
    {"webhook.handshake", webhook_handshake},
    {"webhook.sign", webhook_sign},
    {"webhook.site_origin", webhook_site_origin},
    {"webhook.status", webhook_status},
    {"webhook.verify", webhook_verify},
};

static jmp_buf ended_early;
static countermark_status refusal;

void bad_request(void) {
  refusal = 0;
  longjmp(ended_early, 1);
}

void need(countermark_status status) {
  if (status == COUNTERMARK_OK) return;
  refusal = status;
  longjmp(ended_early, 1);
}

countermark_str error_name(countermark_status status) {
  countermark_error_row row;
  for (size_t i = 0; i < countermark_error_table_len(); i++) {
    if (countermark_error_table_row(i, &row, NULL) == COUNTERMARK_OK && row.number == status) return row.name;
  }
  abort();
}

static struct kept {
  struct kept *next;
  void (*release)(void *);
  void *object;
} *all_kept;

void *keep(void (*release)(void *), void *object) {
  struct kept *it = malloc(sizeof *it);
  if (!it) abort();
  it->next = all_kept;
  it->release = release;
  it->object = object;
  all_kept = it;
  return object;
}

static void release_json(void *value) { json_decref(value); }

json_t *keep_json(json_t *value) { return keep(release_json, value); }

void *memory(size_t size) {
  void *start = calloc(1, size ? size : 1);
  if (!start) abort();
  return keep(free, start);
}

static void release_all(void) {
  while (all_kept) {
    struct kept *it = all_kept;
    all_kept = it->next;
    it->release(it->object);
    free(it);
  }
}

static json_t *run(json_t *request) {
  countermark_str op = text(request, "op");
  for (size_t i = 0; i < sizeof OPERATIONS / sizeof *OPERATIONS; i++) {
    if (is(op, OPERATIONS[i].name)) return OPERATIONS[i].run(request);
  }
  bad_request();
}

static json_t *answer(json_t *request) {
  if (!json_is_object(request)) return json_pack("{s:n, s:s, s:i}", "id", "error", "BAD_REQUEST", "number", 0);
  if (setjmp(ended_early) == 0) {
    json_t *ok = run(request);
    json_t *id = json_object_get(request, "id");
    return json_pack("{s:O?, s:o}", "id", id, "ok", ok);
  }
  if (refusal == 0) return answer(NULL);
  countermark_str name = error_name(refusal);
  return json_pack("{s:O?, s:s%, s:i}", "id", json_object_get(request, "id"), "error", name.ptr, (size_t)name.len, "number", refusal);
}

int main(void) {
  char *line = NULL;
  size_t room = 0;
  for (ssize_t len; (len = getline(&line, &room, stdin)) >= 0;) {
    json_t *request = json_loadb(line, (size_t)len, JSON_ALLOW_NUL, NULL);
    json_t *reply = answer(request);
    if (!reply || json_dumpf(reply, stdout, JSON_COMPACT) != 0) abort();
    putchar('\n');
    fflush(stdout);
    json_decref(reply);
    json_decref(request);
    release_all();
  }
  free(line);
  return 0;
}
