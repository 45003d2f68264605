// The adapter protocol over the C ABI: it translates, and holds no protocol logic. See tests/adapters/README.md.
//
// An operation that ends early jumps back to the loop; what it owned was kept, and is freed there.

#ifndef ADAPTER_H
#define ADAPTER_H

#include "countermark.h"
#include <jansson.h>
#include <stdnoreturn.h>

// Ends the operation: the line is no request of the protocol.
noreturn void bad_request(void);

// Ends the operation with an error of the library, unless the status is COUNTERMARK_OK.
void need(countermark_status status);

// The name of an error.
countermark_str error_name(countermark_status status);

// Frees `object` with `release` when the operation ends.
void *keep(void (*release)(void *), void *object);

// The same for a part of the answer, which the answer holds too when there is one.
json_t *keep_json(json_t *value);

// Memory until the operation ends.
void *memory(size_t size);

// Fields of a request: an absent field is the binding's default, one of another type a bad request.
json_t *field(json_t *object, const char *name);
countermark_str text(json_t *object, const char *name);
countermark_str text_opt(json_t *object, const char *name);
countermark_str text_of(json_t *value);
int is(countermark_str text, const char *expected);
int64_t integer(json_t *object, const char *name);
int64_t integer_or(json_t *object, const char *name, int64_t absent);
// 0 to 2^32 - 1.
int64_t number_or(json_t *object, const char *name, int64_t absent);
int32_t flag_or(json_t *object, const char *name, int32_t absent);
// NULL for none.
json_t *list(json_t *object, const char *name);
json_t *object_opt(json_t *object, const char *name);
// Decoded base64.
countermark_str bytes(json_t *object, const char *name);

// Results.
json_t *string(countermark_str text);
void put(json_t *object, const char *name, countermark_str text);
json_t *base64(countermark_str bytes);
json_t *strings(const countermark_str *texts, size_t len);
json_t *pairs(const countermark_pair *pairs, size_t len);
json_t *made(countermark_bytes *bytes, const char *name);

// The operations.
json_t *meta_errors(json_t *request);
json_t *meta_version(json_t *request);
json_t *meta_states(json_t *request);
json_t *ident_normalize(json_t *request);
json_t *reply_parse(json_t *request);
json_t *access_pass_check(json_t *request);
json_t *deep_link_build(json_t *request);
json_t *return_url_check(json_t *request);
json_t *login_request(json_t *request);
json_t *login_machine(json_t *request);
json_t *login_run(json_t *request);
json_t *query_verify(json_t *request);
json_t *query_sign(json_t *request);
json_t *replay_run(json_t *request);
json_t *seal_open_foreign(json_t *request);
json_t *webhook_verify(json_t *request);
json_t *webhook_explain(json_t *request);
json_t *webhook_sign(json_t *request);
json_t *webhook_site_origin(json_t *request);
json_t *webhook_handshake(json_t *request);
json_t *webhook_status(json_t *request);
json_t *securesign_validate(json_t *request);
json_t *securesign_session(json_t *request);
json_t *securesign_deep_link(json_t *request);
json_t *securesign_origin(json_t *request);
json_t *securesign_hint(json_t *request);
json_t *securesign_callback(json_t *request);
json_t *securesign_code(json_t *request);
json_t *securesign_pin_status(json_t *request);
json_t *securesign_pin_session(json_t *request);
json_t *securesign_rate_limit(json_t *request);

// What several of them use.
countermark_login_service *a_service(json_t *fields);
int32_t request_kind(countermark_str name);
const char *outcome_name(int32_t kind);

// A function that frees an object of a type, for `keep`.
#define RELEASE(type) \
  static void release_##type(void *object) { countermark_##type##_free(object); }

#endif
