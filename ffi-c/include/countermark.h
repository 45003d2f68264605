/* Generated from ffi-c/src by ffi-c/tests/header.rs; do not edit. The contract is in ffi-c/README.md. */

#ifndef COUNTERMARK_H
#define COUNTERMARK_H

#include <stddef.h>
#include <stdint.h>

// The version of the ABI that this header describes.
#define COUNTERMARK_ABI_VERSION 1

// Success.
#define COUNTERMARK_OK 0

// an argument is not usable.
#define COUNTERMARK_INVALID_INPUT 1001

// the configuration is not usable.
#define COUNTERMARK_INVALID_CONFIG 1002

// a secret is empty, too short or cannot be decoded.
#define COUNTERMARK_INVALID_SECRET 1003

// a secret is a published demo value or too short to resist guessing.
#define COUNTERMARK_WEAK_SECRET 1004

// no webhook scheme has this id.
#define COUNTERMARK_UNKNOWN_SCHEME 1005

// the scheme signs something that was not given.
#define COUNTERMARK_MISSING_CONTEXT 1006

// not a SecSign ID.
#define COUNTERMARK_INVALID_SECSIGN_ID 1007

// a server address is not an https origin.
#define COUNTERMARK_INVALID_URL 1008

// a test key in production, or a live key in test.
#define COUNTERMARK_WRONG_ENVIRONMENT 1009

// not an exact web origin.
#define COUNTERMARK_INVALID_ORIGIN 1010

// the call does not fit the state of the object.
#define COUNTERMARK_WRONG_STATE 1011

// this build or this scheme cannot do that.
#define COUNTERMARK_UNSUPPORTED 1012

// something read the body before: verify first, or keep the raw bytes.
#define COUNTERMARK_BODY_ALREADY_READ 1013

// no signature fits the content under any key.
#define COUNTERMARK_SIGNATURE_MISMATCH 2001

// the signature text is not of the scheme's form.
#define COUNTERMARK_MALFORMED_SIGNATURE 2002

// no signature of a version that this verifier accepts.
#define COUNTERMARK_NO_SUPPORTED_SIGNATURE 2003

// a header that carries the signature is missing.
#define COUNTERMARK_MISSING_HEADER 2004

// a header is not of the scheme's form.
#define COUNTERMARK_MALFORMED_HEADER 2005

// the same thing is given twice with different values.
#define COUNTERMARK_AMBIGUOUS_INPUT 2006

// the time is not in the exact form of the scheme.
#define COUNTERMARK_MALFORMED_TIMESTAMP 2007

// a required parameter is missing.
#define COUNTERMARK_MISSING_PARAMETER 2008

// the body does not fit its signed hash.
#define COUNTERMARK_BODY_HASH_MISMATCH 2009

// a required field is missing.
#define COUNTERMARK_MISSING_FIELD 2010

// a required field is empty.
#define COUNTERMARK_EMPTY_FIELD 2011

// a field occurs twice.
#define COUNTERMARK_DUPLICATE_FIELD 2012

// a field holds a character or form that is not allowed.
#define COUNTERMARK_INVALID_FIELD 2013

// not valid percent-encoding, base64 or UTF-8.
#define COUNTERMARK_INVALID_ENCODING 2014

// longer than the limit.
#define COUNTERMARK_TOO_LARGE 2015

// the message carries a SHA-1 collision attack.
#define COUNTERMARK_COLLISION_DETECTED 2016

// signed for another tenant.
#define COUNTERMARK_TENANT_MISMATCH 2017

// signed for another audience.
#define COUNTERMARK_AUDIENCE_MISMATCH 2018

// the signed fields do not fit one account of the directory.
#define COUNTERMARK_PROFILE_MISMATCH 2019

// the body cannot be read as the scheme requires.
#define COUNTERMARK_MALFORMED_BODY 2020

// authentic, but signed too long ago.
#define COUNTERMARK_TIMESTAMP_TOO_OLD 3001

// authentic, but signed in the future.
#define COUNTERMARK_TIMESTAMP_TOO_NEW 3002

// authentic, but already used.
#define COUNTERMARK_REPLAYED 3003

// the store of used keys is full or out of reach.
#define COUNTERMARK_STORE_UNAVAILABLE 3004

// the session token was not made here, for this visitor and this service.
#define COUNTERMARK_UNKNOWN_HANDLE 3005

// the session token has expired.
#define COUNTERMARK_HANDLE_EXPIRED 3006

// the approval was already used.
#define COUNTERMARK_ALREADY_CONSUMED 3007

// a claim came without a proof that fits.
#define COUNTERMARK_UNVERIFIED 3008

// an answer to a request that is not pending here.
#define COUNTERMARK_UNKNOWN_REQUEST 3009

// the signing session has expired.
#define COUNTERMARK_SESSION_EXPIRED 3010

// the user did not sign.
#define COUNTERMARK_NOT_SIGNED 3011

// the user denied the login.
#define COUNTERMARK_LOGIN_DENIED 4001

// the user did not answer in time.
#define COUNTERMARK_LOGIN_EXPIRED 4002

// another login for the same SecSign ID suspended this one.
#define COUNTERMARK_LOGIN_SUSPENDED 4003

// the login was canceled.
#define COUNTERMARK_LOGIN_CANCELED 4004

// the session is no longer valid.
#define COUNTERMARK_LOGIN_INVALID 4005

// a login for this SecSign ID is already open.
#define COUNTERMARK_BUSY 4006

// the user has not decided yet.
#define COUNTERMARK_LOGIN_PENDING 4007

// the server's answer is not of the protocol.
#define COUNTERMARK_PROTOCOL 5001

// the server answered with an error.
#define COUNTERMARK_SERVER_ERROR 5002

// the server knows no such SecSign ID.
#define COUNTERMARK_UNKNOWN_ID 5003

// the SecSign ID is frozen because of competing logins.
#define COUNTERMARK_FROZEN 5004

// the server no longer knows the session.
#define COUNTERMARK_SESSION_GONE 5005

// another SecSign ID approved than the one asked for.
#define COUNTERMARK_IDENTITY_MISMATCH 5006

// the access pass is not a sound PNG picture.
#define COUNTERMARK_INVALID_ACCESS_PASS 5007

// the server answered with an HTTP status other than 200.
#define COUNTERMARK_HTTP_STATUS 5008

// the server answered with a redirect.
#define COUNTERMARK_UNEXPECTED_REDIRECT 5009

// the server's answer is longer than the limit.
#define COUNTERMARK_RESPONSE_TOO_LARGE 5010

// the server refused the API key.
#define COUNTERMARK_API_KEY_INVALID 5011

// the origin is not on the server's list.
#define COUNTERMARK_DOMAIN_NOT_ALLOWED 5012

// the deep link would show a live key to the client.
#define COUNTERMARK_SECRET_IN_DEEP_LINK 5013

// the deep link is not the one that was asked for.
#define COUNTERMARK_UNEXPECTED_DEEP_LINK 5014

// the server's limit of calls is reached.
#define COUNTERMARK_RATE_LIMITED 5015

// the server cannot be reached.
#define COUNTERMARK_NETWORK 6001

// the server did not answer in time.
#define COUNTERMARK_TIMEOUT 6002

// no trusted TLS connection.
#define COUNTERMARK_TLS 6003

// a fault inside the library.
#define COUNTERMARK_INTERNAL 9001

// the native library and the package are of different versions.
#define COUNTERMARK_ABI_MISMATCH 9002

// the native library cannot be loaded.
#define COUNTERMARK_LIBRARY_MISSING 9003


// Waiting for the user.
#define COUNTERMARK_OUTCOME_PENDING 1

// The phone has loaded the session; waiting for the user.
#define COUNTERMARK_OUTCOME_FETCHED 2

// Approved by the user whom the server states.
#define COUNTERMARK_OUTCOME_APPROVED 3

// Refused by the user.
#define COUNTERMARK_OUTCOME_DENIED 4

// Not answered in time.
#define COUNTERMARK_OUTCOME_EXPIRED 5

// Ended by another login for the same ID.
#define COUNTERMARK_OUTCOME_SUSPENDED 6

// Withdrawn by the service.
#define COUNTERMARK_OUTCOME_CANCELED 7

// Not valid, or of no state.
#define COUNTERMARK_OUTCOME_INVALID 8

// Released; says nothing about the server's answer.
#define COUNTERMARK_OUTCOME_RELEASED 9

// `ReqRequestAuthSession`: opens a session.
#define COUNTERMARK_REQUEST_START 1

// `ReqGetAuthSessionState`: asks how the user decided.
#define COUNTERMARK_REQUEST_STATE 2

// `ReqCancelAuthSession`: withdraws the session.
#define COUNTERMARK_REQUEST_CANCEL 3

// `ReqReleaseAuthSession`: gives the session back after use.
#define COUNTERMARK_REQUEST_RELEASE 4

// An option that was not set: the library's default. No number that a mistake gives, such as -1: those are refused.
#define COUNTERMARK_DEFAULT INT32_MIN

// No bound on the validity of a key from below.
#define COUNTERMARK_ALWAYS_BEFORE INT64_MIN

// No bound on the validity of a key from above.
#define COUNTERMARK_ALWAYS_AFTER INT64_MAX

// A time that is not there.
#define COUNTERMARK_NO_TIME INT64_MIN

// HMAC-SHA256 over fields with their lengths. Use this one wherever both ends are yours.
#define COUNTERMARK_QUERY_V1 1

// OneLogin's links. Rest on plain SHA-1, and their fields have no borders.
#define COUNTERMARK_QUERY_LEGACY_ONELOGIN 2

// The same links with every rule that the format allows.
#define COUNTERMARK_QUERY_LEGACY_ONELOGIN_STRICT 3

// Send the request, then report the answer or the failure.
#define COUNTERMARK_STEP_SEND 1

// Poll again at `until_ms` or later.
#define COUNTERMARK_STEP_WAIT 2

// Read the result.
#define COUNTERMARK_STEP_DONE 3

// Take `key` in the store until `until_ms`, then report what the store said. Of any number of callers, one may succeed.
// How that is done with Redis is in the README of the C library, under "A store that several processes share".
#define COUNTERMARK_STEP_RESERVE 4

// Free `key` in the store unless it is committed, then report what the store said.
#define COUNTERMARK_STEP_RELEASE 5

// The server did not answer in time.
#define COUNTERMARK_FAILURE_TIMEOUT 1

// Name not resolved, connection refused, reset or cut.
#define COUNTERMARK_FAILURE_UNREACHABLE 2

// The TLS handshake failed.
#define COUNTERMARK_FAILURE_TLS 3

// Certainly no byte of the request reached the server.
#define COUNTERMARK_PHASE_NOT_SENT 1

// The server may have seen the request. Say this whenever it is not certain.
#define COUNTERMARK_PHASE_MAYBE_SENT 2

// The scheme has no handshake.
#define COUNTERMARK_HANDSHAKE_NONE 0

// Answer the handshake instead of verifying: the sender does not sign it.
#define COUNTERMARK_HANDSHAKE_BEFORE_VERIFY 1

// Answer the handshake only after it was verified: the sender signs it, and tests that a wrong signature is refused.
#define COUNTERMARK_HANDSHAKE_AFTER_VERIFY 2

// A picture that was checked to be one whole PNG.
//
// Ownership: yours; free it with `countermark_access_pass_free`. Threads: immutable, may be shared.
typedef struct countermark_access_pass countermark_access_pass;

// Makes links that open the phone app on a login, for a page that is read on the phone itself.
//
// Ownership: yours; free it with `countermark_app_link_free`. Threads: immutable, may be shared.
typedef struct countermark_app_link countermark_app_link;

// A session that was opened here. There is no constructor from numbers: it comes from a login that was begun, or from a seal.
//
// Ownership: yours; free it with `countermark_auth_session_free`. Threads: immutable, may be shared.
typedef struct countermark_auth_session countermark_auth_session;

// Text or bytes that a call made for you.
//
// Ownership: yours; free it with `countermark_bytes_free`, which also wipes it. Threads: immutable, may be shared.
typedef struct countermark_bytes countermark_bytes;

// A login that has begun: what to show.
//
// Ownership: yours; free it with `countermark_challenge_free`. Threads: immutable, may be shared.
typedef struct countermark_challenge countermark_challenge;

// Why a call failed.
//
// Ownership: yours once a call has handed it out; free it with `countermark_error_free`.
// Threads: immutable, may be shared.
typedef struct countermark_error countermark_error;

// One task on a login: begin, check, wait, cancel or release.
//
// Ownership: yours; free it with `countermark_login_free`. Threads: one owner; no two calls at the same time.
typedef struct countermark_login countermark_login;

#if defined(COUNTERMARK_HTTP)
// Logs in over HTTPS: a service with its own way to the server, the system's clock, and a memory of what may happen once.
//
// The memory is that of this client. Several processes, or several clients for one service, need one store: drive a
// `countermark_login` instead.
//
// Ownership: yours; free it with `countermark_login_client_free`. What it handed out lives on. Threads: may be shared; a call blocks
// its own thread only, and calls at one time share what they wait with. Between two calls there is no connection, and nothing runs but
// perhaps the system's look-up of a name for which a call did not wait: a process may fork there. Signals: during a call SIGPIPE is
// blocked on the calling thread.
typedef struct countermark_login_client countermark_login_client;
#endif

#if defined(COUNTERMARK_HTTP)
// How a login stood when the server was asked.
//
// Ownership: yours; free it with `countermark_login_result_free`. Threads: immutable, may be shared.
typedef struct countermark_login_result countermark_login_result;
#endif

// A checked configuration of logins.
//
// Ownership: yours; free it with `countermark_login_service_free`. It may be freed before the logins that were begun with it.
// Threads: immutable, may be shared.
typedef struct countermark_login_service countermark_login_service;

// Signs queries of one profile.
//
// Ownership: yours; free it with `countermark_query_signer_free`. Threads: immutable, may be shared.
typedef struct countermark_query_signer countermark_query_signer;

// Verifies signed queries of one profile.
//
// Ownership: yours; free it with `countermark_query_verifier_free`. Threads: immutable, may be shared.
typedef struct countermark_query_verifier countermark_query_verifier;

// A bounded memory of keys that may be used once, for one process. How several share a store such as Redis, also with services in other
// languages, is in the README of the C library, under "A store that several processes share".
//
// Ownership: yours; free it with `countermark_replay_memory_free`. Threads: may be shared; its calls are atomic.
typedef struct countermark_replay_memory countermark_replay_memory;

// Turns a session into an opaque token for one visitor, and back.
//
// Ownership: yours; free it with `countermark_sealer_free`. Threads: immutable, may be shared.
typedef struct countermark_sealer countermark_sealer;

#if defined(COUNTERMARK_HTTP)
// Asks SecureSign over HTTPS. Nothing is sent twice.
//
// Ownership: yours; free it with `countermark_securesign_api_free`. Threads: may be shared; a call blocks its own thread only.
// Signals: during a call SIGPIPE is blocked on the calling thread.
typedef struct countermark_securesign_api countermark_securesign_api;
#endif

// One exchange with the API: validate or session. Nothing is sent twice.
//
// Ownership: yours; free it with `countermark_securesign_call_free`. Threads: one owner; no two calls at the same time.
typedef struct countermark_securesign_call countermark_securesign_call;

// A checked configuration with its API key.
//
// Ownership: yours; free it with `countermark_securesign_client_free`. It may be freed before the calls that were made with it.
// Threads: immutable, may be shared.
typedef struct countermark_securesign_client countermark_securesign_client;

// What a callback claims. Signed by nobody: use it only to find the pending request, and then `countermark_securesign_complete`.
//
// Ownership: yours; free it with `countermark_securesign_hint_free`. Threads: immutable, may be shared.
typedef struct countermark_securesign_hint countermark_securesign_hint;

#if defined(COUNTERMARK_HTTP)
// A signing session that was opened, and what to keep of it until the callback comes.
//
// Ownership: yours; free it with `countermark_securesign_opened_free`. Threads: immutable, may be shared.
typedef struct countermark_securesign_opened countermark_securesign_opened;
#endif

// A signature over the stored digest, verified with the certificate that was given.
//
// Ownership: yours; free it with `countermark_securesign_result_free`. Threads: immutable, may be shared.
typedef struct countermark_securesign_result countermark_securesign_result;

// The fields of a reply. Proves nothing about a user: only a login compares a reply with what was asked.
//
// Ownership: yours; free it with `countermark_server_reply_free`. Threads: immutable, may be shared.
typedef struct countermark_server_reply countermark_server_reply;

// What to send.
//
// Ownership: yours; free it with `countermark_signed_webhook_free`. Threads: immutable, may be shared.
typedef struct countermark_signed_webhook countermark_signed_webhook;

// What a query proved: its signed fields, and nothing else of it.
//
// Ownership: yours; free it with `countermark_verified_query_free`. Threads: immutable, may be shared.
typedef struct countermark_verified_query countermark_verified_query;

// A webhook whose signature and time are good. The body stays with you: it is the one that you passed.
//
// Ownership: yours; free it with `countermark_verified_webhook_free`. Threads: immutable, may be shared.
typedef struct countermark_verified_webhook countermark_verified_webhook;

// An HTTP answer.
//
// Ownership: yours; free it with `countermark_webhook_answer_free`. Threads: immutable, may be shared.
typedef struct countermark_webhook_answer countermark_webhook_answer;

// Finds out why webhooks of one configuration fail. For operators and their tools, never for the answer to a sender.
//
// Ownership: yours; free it with `countermark_webhook_explainer_free`. Threads: immutable, may be shared.
typedef struct countermark_webhook_explainer countermark_webhook_explainer;

// What an explainer found.
//
// Ownership: yours; free it with `countermark_webhook_explanation_free`. Threads: immutable, may be shared.
typedef struct countermark_webhook_explanation countermark_webhook_explanation;

// The table of webhook schemes.
//
// Ownership: yours; free it with `countermark_webhook_schemes_free`. Threads: immutable, may be shared.
typedef struct countermark_webhook_schemes countermark_webhook_schemes;

// Signs webhooks of one scheme.
//
// Ownership: yours; free it with `countermark_webhook_signer_free`. Threads: immutable, may be shared.
typedef struct countermark_webhook_signer countermark_webhook_signer;

// Verifies webhooks of one scheme.
//
// Ownership: yours; free it with `countermark_webhook_verifier_free`. Threads: immutable, may be shared.
typedef struct countermark_webhook_verifier countermark_webhook_verifier;

// 0 for success, else the number of a row of the error table.
typedef int32_t countermark_status;

// Text or bytes that belong to an object: `len` bytes from `ptr`, **not** ended by NUL. Text is UTF-8.
//
// Ownership: borrowed. Valid until the object that it came from is freed, or changed by a call that takes it without `const`.
// An absent value has `ptr` NULL; an empty one has `len` 0 and `ptr` not NULL.
typedef struct countermark_str {
  // First byte.
  const char *ptr;
  // Number of bytes.
  size_t len;
} countermark_str;

// A name and a value: a field to sign, or a header to send.
typedef struct countermark_pair {
  // The name.
  struct countermark_str name;
  // The value.
  struct countermark_str value;
} countermark_pair;

// What a login or a SecureSign call wants next. Its views belong to the machine, until its next call.
typedef struct countermark_step {
  // `COUNTERMARK_STEP_SEND`, `_WAIT` or `_DONE`; of a login also `_RESERVE` or `_RELEASE`.
  int32_t kind;
  // Send: time to reach the server, in milliseconds.
  uint32_t connect_timeout_ms;
  // Send: time for the whole exchange, in milliseconds.
  uint32_t total_timeout_ms;
  // Send: longest body of the answer to read; if there is more, feed one byte more than this.
  uint32_t max_reply_bytes;
  // Wait: the time to poll again. Reserve: until when to keep the key. In Unix milliseconds.
  int64_t until_ms;
  // Reserve and release: the key, in ASCII. It holds no handle that could be used.
  struct countermark_str key;
  // Send: the method.
  struct countermark_str method;
  // Send: the absolute address.
  struct countermark_str url;
  // Send: the body, with session handles in it: never log it.
  struct countermark_str body;
  // Send: the headers.
  const struct countermark_pair *headers;
  // Send: the number of headers.
  size_t headers_len;
} countermark_step;

// How a login stands. `secsign_id` belongs to the object that it came from.
typedef struct countermark_login_outcome {
  // `COUNTERMARK_OUTCOME_*`.
  int32_t kind;
  // Who approved, by the server's statement; absent unless approved. Log in this one, never the one that was typed.
  struct countermark_str secsign_id;
} countermark_login_outcome;

// The fields of a reply; what it does not hold is absent. Its views belong to the reply.
typedef struct countermark_server_reply_view {
  // The SecSign ID that the server states, normalised.
  struct countermark_str secsign_id;
  // The number of the session: a signed 64-bit integer as text.
  struct countermark_str auth_session_id;
  // The request id. A secret.
  struct countermark_str request_id;
  // The echo of the service name.
  struct countermark_str service_name;
  // The echo of the service address.
  struct countermark_str service_address;
  // The access pass as base64 text, not yet checked to be a picture.
  struct countermark_str access_pass_base64;
  // The number of the state; `COUNTERMARK_DEFAULT` if there is none.
  int32_t state;
  // How many fields the protocol does not know.
  uint32_t unknown_fields;
} countermark_server_reply_view;

// A picture. Its views belong to the access pass.
typedef struct countermark_access_pass_view {
  // The bytes of the PNG.
  struct countermark_str png;
  // A `data:` URI for the `src` of an `img`.
  struct countermark_str data_uri;
  // The width, in pixels.
  uint32_t width;
  // The height, in pixels.
  uint32_t height;
} countermark_access_pass_view;

// The settings of a login service. Fill it with zeros first; a view with `ptr` NULL is an absent setting.
//
// Everything is copied: the texts may be freed after the call.
typedef struct countermark_login_config {
  // The ID server, `https://host[:port]`; `http` for loopback only. Absent: the public server and its fallback.
  struct countermark_str server;
  // The host to turn to when the server cannot be reached at all. Absent: none, if `server` is given.
  struct countermark_str fallback;
  // The name that the push message shows. Required.
  struct countermark_str service_name;
  // The address that the app shows. Required; from configuration, never from a request.
  struct countermark_str service_address;
  // The name of the calling plugin. Absent: not sent.
  struct countermark_str plugin_name;
  // The value of `apimethod`. Absent: the library's own.
  struct countermark_str api_method;
  // Whether the app asks for an access pass: 0 or 1; `COUNTERMARK_DEFAULT`: not sent, the server decides.
  int32_t show_access_pass;
  // Whether another ID than the one asked for may approve, by a priority code: 0 or 1.
  int32_t allow_priority_code;
  // Time to reach the server in milliseconds. `COUNTERMARK_DEFAULT`: the library's.
  int64_t connect_timeout_ms;
  // Time for a whole exchange in milliseconds. `COUNTERMARK_DEFAULT`: the library's.
  int64_t total_timeout_ms;
} countermark_login_config;

// A state of an AuthSession. All text is static.
typedef struct countermark_state_row {
  // The stable name.
  struct countermark_str name;
  // The number on the wire.
  uint32_t number;
  // 1 if the state cannot change any more.
  int32_t is_terminal;
} countermark_state_row;

// A row of the error table. All text is static.
typedef struct countermark_error_row {
  // The stable number.
  countermark_status number;
  // The HTTP status that a middleware should answer.
  uint32_t http_status;
  // The stable name.
  struct countermark_str name;
  // The group: `caller`, `not_authentic`, `not_acceptable`, `login_ended`, `server`, `transport` or `internal`.
  struct countermark_str group;
  // What happened, for logs.
  struct countermark_str message;
  // What to do about it, for the operator.
  struct countermark_str hint;
  // 1 if the same call may succeed later without any change.
  uint8_t retryable;
  // 1 if `message` may be shown to a remote party.
  uint8_t is_public;
} countermark_error_row;

// One secret of a ring, and whom it may speak for.
typedef struct countermark_query_key {
  // The name of the key: reported when it matches. Required.
  struct countermark_str id;
  // The shared secret: at least 20 bytes. Copied, and wiped when the verifier is freed.
  struct countermark_str secret;
  // The tenant that holds the secret; absent: none.
  struct countermark_str tenant;
  // The email domains that the holder may sign for (`onelogin`); `countermark-v1` takes none.
  const struct countermark_str *email_domains;
  // How many; 0: all domains.
  size_t email_domains_len;
  // First millisecond of validity (Unix time), or `COUNTERMARK_ALWAYS_BEFORE`. Both 0: INVALID_CONFIG.
  int64_t not_before_ms;
  // Last millisecond of validity (Unix time), or `COUNTERMARK_ALWAYS_AFTER`.
  int64_t not_after_ms;
} countermark_query_key;

// The settings of a verifier or a signer. Everything is copied.
typedef struct countermark_query_config {
  // `COUNTERMARK_QUERY_*`.
  int32_t profile;
  // 0 or 1: accepts the demo token of the vendor's sample, for tests.
  int32_t allow_demo_secret;
  // 0 or 1: whether names may be empty (verifier, legacy profile only).
  int32_t allow_empty_names;
  // The keys, tried in order. A signer takes exactly one.
  const struct countermark_query_key *keys;
  // How many.
  size_t keys_len;
  // Who accepts the query; required for `COUNTERMARK_QUERY_V1`.
  struct countermark_str audience;
  // Verifier: oldest accepted query in seconds. Signer: life of a query. `COUNTERMARK_DEFAULT`: the library's.
  int64_t max_age_s;
  // Verifier: how far a signed time may lie ahead in seconds. `COUNTERMARK_DEFAULT`: the library's.
  int64_t max_future_s;
} countermark_query_config;

// What a verified query says. Its views belong to the query.
typedef struct countermark_verified_query_view {
  // The id of the key that fits.
  struct countermark_str key_id;
  // The tenant of that key; absent if it has none.
  struct countermark_str tenant;
  // `sha1` or `hmac-sha256`.
  struct countermark_str algorithm;
  // The key to reserve before anything is done with the query.
  struct countermark_str replay_key;
  // What a OneLogin link names, for the look-up only; absent for `COUNTERMARK_QUERY_V1`.
  struct countermark_str claimed_email;
  // The signed time, in Unix milliseconds.
  int64_t signed_at_ms;
  // Until when to keep the replay key, in Unix milliseconds.
  int64_t replay_until_ms;
  // The signed fields.
  const struct countermark_pair *fields;
  // How many.
  size_t fields_len;
} countermark_verified_query_view;

// A key that seals sessions.
typedef struct countermark_seal_key {
  // The name of the key, 1 to 255 bytes. It is readable in every token.
  struct countermark_str id;
  // 32 random bytes. Copied, and wiped when the sealer is freed.
  struct countermark_str secret;
  // First millisecond of validity (Unix time), or `COUNTERMARK_ALWAYS_BEFORE`. Both 0: INVALID_CONFIG.
  int64_t not_before_ms;
  // Last millisecond of validity (Unix time), or `COUNTERMARK_ALWAYS_AFTER`.
  int64_t not_after_ms;
} countermark_seal_key;

// The settings of a client. Everything is copied.
typedef struct countermark_securesign_config {
  // The API: `https://host[:port]/v1`; `http` for loopback only. Absent: the vendor's.
  struct countermark_str base_url;
  // `live` or `test`: a key of the other kind is refused.
  struct countermark_str environment;
  // The API key. Copied, and wiped when the client and its calls are freed.
  struct countermark_str api_key;
  // The tenant that the key must belong to.
  struct countermark_str tenant_id;
  // The hosts that a callback may go to, in lower case and without port.
  const struct countermark_str *callback_hosts;
  // How many.
  size_t callback_hosts_len;
  // How many seconds past its end a session is still taken. `COUNTERMARK_DEFAULT`: none.
  int64_t clock_skew_s;
} countermark_securesign_config;

// What is to be signed, and where the answer goes.
typedef struct countermark_securesign_request {
  // A fresh id: 1 to 128 letters, digits, `_`, `-` and `.`; make it of 128 random bits.
  struct countermark_str request_id;
  // The digest of the document: bytes.
  struct countermark_str hash;
  // How the digest was made: `SHA256`, `SHA384` or `SHA512`.
  struct countermark_str algorithm;
  // Where the product sends the visitor afterwards: an allowed host and a path, without query.
  struct countermark_str callback_url;
} countermark_securesign_request;

// What the server confirmed. Its view belongs to the call, until its next call.
typedef struct countermark_securesign_validation {
  // The tenant; always the configured one.
  struct countermark_str tenant_id;
  // Calls that the server allows in a minute; `COUNTERMARK_DEFAULT` if it did not say.
  int64_t rpm;
} countermark_securesign_validation;

// A signing session at the server. Its views belong to the call, until its next call.
typedef struct countermark_securesign_session {
  // The server's id of it.
  struct countermark_str session_id;
  // The link that opens the product; checked, and without a live key.
  struct countermark_str deep_link;
  // When it ends, in Unix milliseconds.
  int64_t expires_at_ms;
} countermark_securesign_session;

// What to keep on the server until the callback comes, under its request id. Never take any of it from the visitor.
typedef struct countermark_securesign_pending {
  // The id of the request.
  struct countermark_str request_id;
  // The digest that was to be signed: bytes.
  struct countermark_str hash;
  // How the digest was made: `SHA256`, `SHA384` or `SHA512`.
  struct countermark_str algorithm;
  // When the session ends, in Unix milliseconds.
  int64_t expires_at_ms;
} countermark_securesign_pending;

// What a callback claims. Its views belong to the hint.
typedef struct countermark_securesign_hint_view {
  // The id of the request that it claims to answer.
  struct countermark_str request_id;
  // The name of the error that it claims; absent if none.
  struct countermark_str code;
  // The signature that it brings, not verified: bytes; absent if none.
  struct countermark_str signature;
  // When it claims to have been signed, in Unix milliseconds, or `COUNTERMARK_NO_TIME`.
  int64_t signed_at_ms;
  // 1 if it claims that the document was signed.
  int32_t claims_success;
} countermark_securesign_hint_view;

// What was verified. Its views belong to the result.
typedef struct countermark_securesign_result_view {
  // The id of the request.
  struct countermark_str request_id;
  // The signature: bytes.
  struct countermark_str signature;
  // The serial number of the certificate, in lower-case hex.
  struct countermark_str certificate_serial;
  // The key to add to the store before acting on the result; if it is there already, answer ALREADY_CONSUMED.
  struct countermark_str once_key;
  // How long to keep that key, in seconds.
  uint32_t once_ttl_s;
} countermark_securesign_result_view;

// A webhook scheme of your own. Fill it with zeros first: what is absent is as for HMAC-SHA256 of the body in hex in one header.
//
// Exactly one of `signature_header` and `signature_parameter` is set, and at most one of the four time fields.
typedef struct countermark_scheme_spec {
  // Your name for the scheme; part of every replay key. Required.
  struct countermark_str id;
  // Comma list of the headers with signatures; `Name-#` stands for `Name-1`, `Name-2` and so on.
  struct countermark_str signature_header;
  // The query parameter with the signature.
  struct countermark_str signature_parameter;
  // What stands before the signature, such as `sha256=`; in a list the label of the elements that count.
  struct countermark_str prefix;
  // The one ASCII character that splits a list of labelled elements.
  struct countermark_str separator;
  // How signature bytes are written: `hex`, `base64`, `base64url`, `base64url_padded`.
  struct countermark_str encoding;
  // What the signature is: `hmac`, `hash`, `token`, `ed25519`, `ecdsa_p256`, `rsa_sha256`.
  struct countermark_str digest;
  // The hash: `sha1`, `sha256`, `sha512`.
  struct countermark_str hash;
  // How keys are written unless a key says otherwise, such as `utf8`.
  struct countermark_str key;
  // The signed bytes as a template, such as `{id}.{timestamp}.{body}`.
  struct countermark_str signed_parts;
  // How `{url}` is written: `exact`, `any_port`, `hubspot`.
  struct countermark_str url;
  // The header with the message id.
  struct countermark_str id_header;
  // The header with the time.
  struct countermark_str time_header;
  // The label of the time in the signature header, such as `t=`.
  struct countermark_str time_label;
  // The query parameter with the time.
  struct countermark_str time_parameter;
  // The member of the JSON body with the time; read after the signature has matched.
  struct countermark_str time_json;
  // How the time is written: `seconds`, `milliseconds`, `rfc3339`, `imf_fixdate`.
  struct countermark_str time_unit;
  // `{query}` and `{form}`: only names that start so.
  struct countermark_str pairs_only;
  // `{query}` and `{form}`: comma list of names that are left out.
  struct countermark_str pairs_except;
  // `{query}` and `{form}`: how names and values are written: `decoded`, `percent`, `form`, `url_standard`, `underscore`.
  struct countermark_str pairs_text;
  // `{query}` and `{form}`: what stands between name and value. An empty text means that nothing stands there, an absent one the default.
  struct countermark_str pairs_equals;
  // `{query}` and `{form}`: what stands between pairs. An empty text means that nothing stands there, an absent one the default.
  struct countermark_str pairs_join;
  // `{query}` and `{form}`: what happens to repeated names: `refuse`, `arrays`, `comma`, `unique`.
  struct countermark_str pairs_repeats;
  // Oldest accepted time in seconds. `COUNTERMARK_DEFAULT`: the library's.
  int64_t max_age_s;
  // Newest accepted time in seconds ahead of the clock. `COUNTERMARK_DEFAULT`: the library's.
  int64_t max_future_s;
} countermark_scheme_spec;

// One secret or key of a webhook.
typedef struct countermark_webhook_key {
  // Your name for the key: reported when it matches.
  struct countermark_str id;
  // The secret as the sender's console shows it. Copied, and wiped when its owner is freed.
  struct countermark_str secret;
  // How the secret is written, such as `base64`; absent: as the scheme has it.
  struct countermark_str encoding;
  // First millisecond of validity (Unix time), or `COUNTERMARK_ALWAYS_BEFORE`. Both 0: INVALID_CONFIG.
  int64_t not_before_ms;
  // Last millisecond of validity (Unix time), or `COUNTERMARK_ALWAYS_AFTER`.
  int64_t not_after_ms;
} countermark_webhook_key;

// The settings of a verifier, a signer or an explainer. Everything is copied.
typedef struct countermark_webhook_config {
  // The id of a scheme of the table, such as `stripe`; absent if `spec` is given.
  struct countermark_str scheme;
  // A scheme of your own, or NULL.
  const struct countermark_scheme_spec *spec;
  // The keys, tried in order; several during a rotation.
  const struct countermark_webhook_key *keys;
  // How many.
  size_t keys_len;
  // Oldest accepted time in seconds. `COUNTERMARK_DEFAULT`: the scheme's.
  int64_t max_age_s;
  // Newest accepted time in seconds ahead of the clock. `COUNTERMARK_DEFAULT`: the scheme's.
  int64_t max_future_s;
  // Longest body in bytes; 0 is INVALID_CONFIG. `COUNTERMARK_DEFAULT`: the library's.
  int64_t max_body_bytes;
  // 1: the time is not checked. Only a queue that verifies much later should say so.
  int32_t ignore_time;
} countermark_webhook_config;

// A received request, or one to sign, without its body. Fill it with zeros first.
typedef struct countermark_webhook_request {
  // The method; needed by few schemes.
  struct countermark_str method;
  // The URL as the sender called it, which behind a proxy is not the one that the server sees; needed by few.
  struct countermark_str url;
  // The query as received, without `?`. Absent: that of the URL.
  struct countermark_str query;
  // All headers in the order of arrival; values are bytes.
  const struct countermark_pair *headers;
  // How many.
  size_t headers_len;
} countermark_webhook_request;

// What a verified webhook says. Its views belong to the webhook.
typedef struct countermark_verified_webhook_view {
  // The id of the scheme.
  struct countermark_str scheme;
  // The id of the key that matched.
  struct countermark_str key_id;
  // The message id; absent where the scheme signs none.
  struct countermark_str message_id;
  // The key under which a second copy is known; absent for a static token. Reserve it before anything is done.
  struct countermark_str replay_key;
  // The signed time, in Unix milliseconds, or `COUNTERMARK_NO_TIME` where the scheme signs none.
  int64_t timestamp_ms;
  // Until when to keep the replay key, in Unix milliseconds, or `COUNTERMARK_NO_TIME` if no time was checked: the same message
  // would be accepted for ever.
  int64_t replay_until_ms;
  // The parameters or fields that the signature covers, for schemes that sign some of them.
  const struct countermark_pair *fields;
  // How many.
  size_t fields_len;
  // The names of what the signature covers, such as `body`. None for a static token.
  const struct countermark_str *covers;
  // How many.
  size_t covers_len;
  // 1 if the signature covers the whole body; with 0 anybody on the way may have written it.
  int32_t covers_body;
} countermark_verified_webhook_view;

// An HTTP answer. Send `X-Content-Type-Options: nosniff` with it. Its views belong to the answer.
typedef struct countermark_webhook_answer_view {
  // The `Content-Type`; empty for none.
  struct countermark_str content_type;
  // The body.
  struct countermark_str body;
  // The status.
  uint32_t status;
} countermark_webhook_answer_view;

// A row of the table of causes: static text.
typedef struct countermark_webhook_cause_row {
  // The stable name, such as `body_newline_added`.
  struct countermark_str name;
  // What the amount of a cause counts; empty if there is none.
  struct countermark_str unit;
  // What happened.
  struct countermark_str happened;
  // What to do about it.
  struct countermark_str remedy;
  // The stable number.
  uint32_t number;
} countermark_webhook_cause_row;

// One possible cause of a failure.
typedef struct countermark_webhook_cause {
  // Its row.
  struct countermark_webhook_cause_row row;
  // How sure it is: `proved`, `likely` or `possible`.
  struct countermark_str certainty;
  // What it happened to: the name of a header or parameter, the id of a key; may be empty.
  struct countermark_str subject;
  // What would fit: a key encoding, a scheme id, a port, the header with the host; may be empty.
  struct countermark_str fits;
  // How much, in the unit of the row; 0 without a unit. Causes of one body that are named together share the amount of all.
  int64_t amount;
} countermark_webhook_cause;

// One line of the checklist.
typedef struct countermark_webhook_check {
  // The check: `secret`, `context`, `presence`, `form`, `time_form`, `signature` or `time_window`.
  struct countermark_str step;
  // How it went: `passed`, `failed` or `not_reached`.
  struct countermark_str state;
} countermark_webhook_check;

// What an explainer found. Its views belong to the explanation.
typedef struct countermark_webhook_explanation_view {
  // What the verifier says: 0 when it accepts the request.
  countermark_status error;
  // 1 if every idea was tried; 0 for a body that is too long, or when the work took too long.
  int32_t complete;
  // The id of the key that matched; empty when the request is refused.
  struct countermark_str key_id;
  // The causes, the surest first.
  const struct countermark_webhook_cause *causes;
  // How many.
  size_t causes_len;
  // The checks of the verifier in their order.
  const struct countermark_webhook_check *checks;
  // How many.
  size_t checks_len;
  // The length of the body that arrived, in bytes.
  size_t body_len;
  // SHA-256 of the body that arrived, in lower-case hex. That of the body that was sent tells whether something on the way changed it.
  struct countermark_str body_sha256;
} countermark_webhook_explanation_view;

// What the table says about a scheme. Its views belong to the table.
typedef struct countermark_webhook_scheme {
  // The id.
  struct countermark_str id;
  // The name for people.
  struct countermark_str title;
  // Where the facts come from.
  struct countermark_str source;
  // A weakness of the scheme that no verifier can mend; may be empty.
  struct countermark_str weakness;
  // The signed bytes as a template.
  struct countermark_str signed_parts;
  // What the signature is, such as `hmac`.
  struct countermark_str digest;
  // How keys are written, such as `utf8`.
  struct countermark_str key;
  // The headers with signatures.
  const struct countermark_str *signature_headers;
  // How many.
  size_t signature_headers_len;
  // The names of what the signature covers, such as `body`.
  const struct countermark_str *covers;
  // How many.
  size_t covers_len;
  // Oldest accepted time in seconds; `COUNTERMARK_DEFAULT` for a scheme without signed time.
  int64_t max_age_s;
  // Newest accepted time in seconds ahead of the clock; `COUNTERMARK_DEFAULT` for a scheme without signed time.
  int64_t max_future_s;
} countermark_webhook_scheme;

// What to send. What is absent stays as it was. Its views belong to the signed webhook.
typedef struct countermark_signed_webhook_view {
  // Headers to add.
  const struct countermark_pair *headers;
  // How many.
  size_t headers_len;
  // The URL with the signature in its path.
  struct countermark_str url;
  // The query with time and signature, without `?`.
  struct countermark_str query;
  // The body with the signature in it.
  struct countermark_str body;
} countermark_signed_webhook_view;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Starts a login for a user. Its first step takes the ID in the store. Its result is the challenge.
//
// Errors: INVALID_SECSIGN_ID.
//
// # Safety
// `service` is live; the text is readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_login_begin(const struct countermark_login_service *service,
                                           const char *secsign_id,
                                           size_t secsign_id_len,
                                           int64_t now_ms,
                                           struct countermark_login **out,
                                           struct countermark_error **error);

// Asks once how the user decided. Its result is the outcome.
//
// Errors: UNKNOWN_HANDLE if the session was not opened for this service.
//
// # Safety
// `service` and `session` are live; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_login_check(const struct countermark_login_service *service,
                                           const struct countermark_auth_session *session,
                                           int64_t now_ms,
                                           struct countermark_login **out,
                                           struct countermark_error **error);

// Asks until the user has decided, the session has ended, or `deadline_ms` (Unix milliseconds; `INT64_MAX`: none) is reached.
//
// Errors: UNKNOWN_HANDLE if the session was not opened for this service.
//
// # Safety
// `service` and `session` are live; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_login_wait(const struct countermark_login_service *service,
                                          const struct countermark_auth_session *session,
                                          int64_t deadline_ms,
                                          int64_t now_ms,
                                          struct countermark_login **out,
                                          struct countermark_error **error);

// Withdraws the session, so that the phone stops asking.
//
// Errors: UNKNOWN_HANDLE if the session was not opened for this service.
//
// # Safety
// `service` and `session` are live; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_login_cancel(const struct countermark_login_service *service,
                                            const struct countermark_auth_session *session,
                                            int64_t now_ms,
                                            struct countermark_login **out,
                                            struct countermark_error **error);

// Gives an approved session back. The outcome is released whatever the server says.
//
// Errors: UNKNOWN_HANDLE if the session was not opened for this service.
//
// # Safety
// `service` and `session` are live; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_login_release(const struct countermark_login_service *service,
                                             const struct countermark_auth_session *session,
                                             int64_t now_ms,
                                             struct countermark_login **out,
                                             struct countermark_error **error);

// What to do now. The answer stays the same until something is fed or the time of a wait has come.
//
// # Safety
// `login` is live; `out` points to a writable step; `error` is NULL or points to a writable pointer.
countermark_status countermark_login_poll(struct countermark_login *login,
                                          int64_t now_ms,
                                          struct countermark_step *out,
                                          struct countermark_error **error);

// Feeds the answer to the request: its HTTP status and whole body. Follow no redirect: feed it.
//
// Errors: WRONG_STATE if no request was to be sent; INVALID_INPUT for a number that is no status at all. What is wrong with the answer
// is told by the result.
//
// # Safety
// `login` is live; the body is readable; `error` is NULL or points to a writable pointer.
countermark_status countermark_login_on_response(struct countermark_login *login,
                                                 int64_t http_status,
                                                 const char *body,
                                                 size_t body_len,
                                                 int64_t now_ms,
                                                 struct countermark_error **error);

// Feeds a failure of the transport: `COUNTERMARK_FAILURE_*` and `COUNTERMARK_PHASE_*`.
//
// Errors: WRONG_STATE if no request was to be sent; INVALID_INPUT for other numbers.
//
// # Safety
// `login` is live; `error` is NULL or points to a writable pointer.
countermark_status countermark_login_on_transport_error(struct countermark_login *login,
                                                        int32_t kind,
                                                        int32_t phase,
                                                        int64_t now_ms,
                                                        struct countermark_error **error);

// Feeds the answer of the store: `COUNTERMARK_OK` when it did as asked, `COUNTERMARK_REPLAYED` when the key is taken, else the status of
// what is wrong with it, such as `COUNTERMARK_STORE_UNAVAILABLE`.
//
// Errors: WRONG_STATE if nothing was to be stored; INVALID_INPUT for a number that is no status.
//
// # Safety
// `login` is live; `error` is NULL or points to a writable pointer.
countermark_status countermark_login_on_store(struct countermark_login *login,
                                              countermark_status store_status,
                                              int64_t now_ms,
                                              struct countermark_error **error);

// Stops: a wait still sends the cancel request. Poll on until done.
//
// # Safety
// `login` is live; `error` is NULL or points to a writable pointer.
countermark_status countermark_login_abort(struct countermark_login *login,
                                           int64_t now_ms,
                                           struct countermark_error **error);

// What a begun login gave.
//
// Errors: what went wrong; WRONG_STATE before the last step, and for other tasks than begin.
//
// # Safety
// `login` is live; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_login_challenge(const struct countermark_login *login,
                                               struct countermark_challenge **out,
                                               struct countermark_error **error);

// How often a request was sent anew, for a log; 0 for NULL.
//
// # Safety
// `login` is NULL or live.
uint32_t countermark_login_retries(const struct countermark_login *login);

// Frees a login. NULL is allowed.
//
// # Safety
// `login` is NULL or live, and is not used afterwards.
void countermark_login_free(struct countermark_login *login);

// `scheme`: that of a branded app; NULL and 0: the vendor's. `id_server`: `host[:port]` of the server that the phone talks to.
//
// Errors: INVALID_INPUT for a scheme that is no app's; INVALID_URL for a server with more than host and port.
//
// # Safety
// The texts are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_app_link_new(const char *scheme,
                                            size_t scheme_len,
                                            const char *id_server,
                                            size_t id_server_len,
                                            struct countermark_app_link **out,
                                            struct countermark_error **error);

// The link that opens a session in the app and returns to `return_url` afterwards. It gives nobody the session.
//
// Errors: INVALID_SECSIGN_ID; INVALID_INPUT for an invalid session number, or a return URL that is not absolute https.
//
// # Safety
// `link` is live; the texts are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_app_link_authenticate(const struct countermark_app_link *link,
                                                     const char *secsign_id,
                                                     size_t secsign_id_len,
                                                     const char *auth_session_id,
                                                     size_t auth_session_id_len,
                                                     const char *return_url,
                                                     size_t return_url_len,
                                                     struct countermark_bytes **out,
                                                     struct countermark_error **error);

// Frees a link maker. NULL is allowed.
//
// # Safety
// `link` is NULL or live, and is not used afterwards.
void countermark_app_link_free(struct countermark_app_link *link);

// Where to go after a login: `candidate`, if it stays on the site `base`, the site's own origin from configuration; else `fallback`.
//
// Errors: INVALID_URL if `base` is no origin; INVALID_CONFIG if `fallback` does not stay on it.
//
// # Safety
// The texts are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_safe_return_url(const char *base,
                                               size_t base_len,
                                               const char *candidate,
                                               size_t candidate_len,
                                               const char *fallback,
                                               size_t fallback_len,
                                               struct countermark_bytes **out,
                                               struct countermark_error **error);

// Brings a SecSign ID into the form that is sent and compared: blanks around it trimmed, ASCII letters lowered.
//
// Errors: INVALID_SECSIGN_ID.
//
// # Safety
// The text is readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_normalize_secsign_id(const char *secsign_id,
                                                    size_t secsign_id_len,
                                                    struct countermark_bytes **out,
                                                    struct countermark_error **error);

// How the login stands.
//
// Errors: what went wrong; WRONG_STATE before the last step.
//
// # Safety
// `login` is live; `out` points to a writable outcome; `error` is NULL or points to a writable pointer.
countermark_status countermark_login_get_outcome(struct countermark_login *login,
                                                 struct countermark_login_outcome *out,
                                                 struct countermark_error **error);

// The SecSign ID that approved: `*secsign_id` belongs to the login.
//
// Errors: LOGIN_PENDING, LOGIN_DENIED, LOGIN_EXPIRED, LOGIN_SUSPENDED, LOGIN_CANCELED or LOGIN_INVALID, the reason why there is none; what
// went wrong; WRONG_STATE before the last step.
//
// # Safety
// `login` is live; `secsign_id` points to a writable view; `error` is NULL or points to a writable pointer.
countermark_status countermark_login_require_approved(struct countermark_login *login,
                                                      struct countermark_str *secsign_id,
                                                      struct countermark_error **error);

// Reads the body of a reply to a request of `kind`, `COUNTERMARK_REQUEST_*`.
//
// Errors: RESPONSE_TOO_LARGE, DUPLICATE_FIELD, MISSING_FIELD, PROTOCOL, INVALID_ACCESS_PASS; what the server states: UNKNOWN_ID, FROZEN,
// SESSION_GONE, SERVER_ERROR; INVALID_INPUT for another kind.
//
// # Safety
// The body is readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_server_reply_parse(int32_t kind,
                                                  const char *body,
                                                  size_t body_len,
                                                  struct countermark_server_reply **out,
                                                  struct countermark_error **error);

// Reads a reply, all of it in one call.
//
// # Safety
// `reply` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
countermark_status countermark_server_reply_read(const struct countermark_server_reply *reply,
                                                 struct countermark_server_reply_view *out,
                                                 struct countermark_error **error);

// Checks a picture in standard base64 with padding, as replies carry it.
//
// Errors: INVALID_ACCESS_PASS unless it is one whole PNG of at most 32 KiB and 512 by 512 pixels.
//
// # Safety
// The text is readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_access_pass_from_base64(const char *base64,
                                                       size_t base64_len,
                                                       struct countermark_access_pass **out,
                                                       struct countermark_error **error);

// Reads a picture, all of it in one call.
//
// # Safety
// `pass` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
countermark_status countermark_access_pass_read(const struct countermark_access_pass *pass,
                                                struct countermark_access_pass_view *out,
                                                struct countermark_error **error);

// Frees a reply. NULL is allowed.
//
// # Safety
// `reply` is NULL or live, and is not used afterwards.
void countermark_server_reply_free(struct countermark_server_reply *reply);

// Frees an access pass. NULL is allowed.
//
// # Safety
// `pass` is NULL or live, and is not used afterwards.
void countermark_access_pass_free(struct countermark_access_pass *pass);

// Checks a configuration.
//
// Errors: INVALID_URL, INVALID_CONFIG, INVALID_INPUT; the detail names the setting.
//
// # Safety
// `config` is readable with its texts; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_login_service_new(const struct countermark_login_config *config,
                                                 struct countermark_login_service **out,
                                                 struct countermark_error **error);

// Time to reach a server, in milliseconds, for hosts whose HTTP client wants it before the first request; 0 for NULL.
//
// # Safety
// `service` is NULL or live.
uint32_t countermark_login_service_connect_timeout_ms(const struct countermark_login_service *service);

// Frees a service. NULL is allowed.
//
// # Safety
// `service` is NULL or live, and is not used afterwards.
void countermark_login_service_free(struct countermark_login_service *service);

// The session of a challenge, as an object of its own; NULL for NULL.
//
// # Safety
// `challenge` is NULL or live.
struct countermark_auth_session *countermark_challenge_session(const struct countermark_challenge *challenge);

// The access pass as the bytes of a PNG; absent for sessions that are only confirmed.
//
// # Safety
// `challenge` is NULL or live.
struct countermark_str countermark_challenge_access_pass_png(const struct countermark_challenge *challenge);

// The access pass as a `data:` URI for the `src` of an `img`; absent for sessions that are only confirmed.
//
// # Safety
// `challenge` is NULL or live.
struct countermark_str countermark_challenge_access_pass_data_uri(const struct countermark_challenge *challenge);

// Frees a challenge. NULL is allowed. Its session objects live on.
//
// # Safety
// `challenge` is NULL or live, and is not used afterwards.
void countermark_challenge_free(struct countermark_challenge *challenge);

// The SecSign ID that the session was opened for. Not proof of anybody's approval.
//
// # Safety
// `session` is NULL or live.
struct countermark_str countermark_auth_session_secsign_id(const struct countermark_auth_session *session);

// The number of the session at the server: a signed 64-bit integer as text. With the SecSign ID and a third number it is the handle.
//
// # Safety
// `session` is NULL or live.
struct countermark_str countermark_auth_session_auth_session_id(const struct countermark_auth_session *session);

// The name of the service that the session was opened for.
//
// # Safety
// `session` is NULL or live.
struct countermark_str countermark_auth_session_service_name(const struct countermark_auth_session *session);

// The address of the service that the session was opened for.
//
// # Safety
// `session` is NULL or live.
struct countermark_str countermark_auth_session_service_address(const struct countermark_auth_session *session);

// When the session was opened, in Unix milliseconds; 0 for NULL.
//
// # Safety
// `session` is NULL or live.
int64_t countermark_auth_session_created_at_ms(const struct countermark_auth_session *session);

// Frees a session. NULL is allowed.
//
// # Safety
// `session` is NULL or live, and is not used afterwards.
void countermark_auth_session_free(struct countermark_auth_session *session);

// The version of this ABI. Compare it with the one you were built for before any other call.
uint32_t countermark_abi_version(void);

// The version of the library, such as `0.1.0`. Static text.
struct countermark_str countermark_version(void);

// The number of states of an AuthSession.
size_t countermark_state_table_len(void);

// State `index` of an AuthSession, in order of number.
//
// Errors: INVALID_INPUT beyond the last.
//
// # Safety
// `out` points to a writable row; `error` is NULL or points to a writable pointer.
countermark_status countermark_state_table_row(size_t index,
                                               struct countermark_state_row *out,
                                               struct countermark_error **error);

// The number of rows of the error table.
size_t countermark_error_table_len(void);

// Row `index` of the error table, in order of number.
//
// Errors: INVALID_INPUT beyond the last row.
//
// # Safety
// `out` points to a writable row; `error` is NULL or points to a writable pointer.
countermark_status countermark_error_table_row(size_t index,
                                               struct countermark_error_row *out,
                                               struct countermark_error **error);

// The bytes.
//
// # Safety
// `bytes` is NULL or live.
struct countermark_str countermark_bytes_view(const struct countermark_bytes *bytes);

// Wipes and frees. NULL is allowed.
//
// # Safety
// `bytes` is NULL or live, and is not used afterwards.
void countermark_bytes_free(struct countermark_bytes *bytes);

// Checks the settings and prepares the keys.
//
// Errors: INVALID_SECRET, WEAK_SECRET, INVALID_CONFIG; the detail names the setting.
//
// # Safety
// `config` is readable with its keys and texts; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_query_verifier_new(const struct countermark_query_config *config,
                                                  struct countermark_query_verifier **out,
                                                  struct countermark_error **error);

// Frees a verifier. NULL is allowed. What it verified lives on.
//
// # Safety
// `verifier` is NULL or live, and is not used afterwards.
void countermark_query_verifier_free(struct countermark_query_verifier *verifier);

// Verifies the raw query, without its `?`, exactly as it arrived. Afterwards reserve the replay key before anything is done.
//
// Errors: the first fault, of the 2xxx and 3xxx of the error table. Show a visitor only the public message.
//
// # Safety
// `verifier` is live; the query is readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_query_verifier_verify(const struct countermark_query_verifier *verifier,
                                                     const char *query,
                                                     size_t query_len,
                                                     int64_t now_ms,
                                                     struct countermark_verified_query **out,
                                                     struct countermark_error **error);

// Reads a verified query, all of it in one call.
//
// # Safety
// `query` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
countermark_status countermark_verified_query_read(const struct countermark_verified_query *query,
                                                   struct countermark_verified_query_view *out,
                                                   struct countermark_error **error);

// The value of a signed field; absent if no field has the name. Of `COUNTERMARK_QUERY_LEGACY_ONELOGIN_STRICT` the email is
// absent: it is only a claim, see `claimed_email` of the view.
//
// # Safety
// `query` is NULL or live; the name is readable.
struct countermark_str countermark_verified_query_get(const struct countermark_verified_query *query,
                                                      const char *name,
                                                      size_t name_len);

// The email of a OneLogin link, proven by the names of its account: they must be exactly the signed ones.
//
// Errors: PROFILE_MISMATCH; INVALID_INPUT for the profile whose fields cannot be shifted. `email` views into `query`; on an
// error it is absent.
//
// # Safety
// `query` is live; the texts are readable; `email` is NULL or writable; `error` is NULL or points to a writable pointer.
countermark_status countermark_verified_query_check_profile(const struct countermark_verified_query *query,
                                                            const char *first,
                                                            size_t first_len,
                                                            const char *last,
                                                            size_t last_len,
                                                            struct countermark_str *email,
                                                            struct countermark_error **error);

// The email of a OneLogin link, proven by a look-up: it must be an account, and no other reading of the same signed text
// (`countermark_verified_query_ambiguous_email`) may be one. `known`: those of all these emails that your directory has.
//
// Errors: as `countermark_verified_query_check_profile`.
//
// # Safety
// `query` is live; the texts are readable; `email` is NULL or writable; `error` is NULL or points to a writable pointer.
countermark_status countermark_verified_query_check_known_emails(const struct countermark_verified_query *query,
                                                                 const struct countermark_str *known,
                                                                 size_t known_len,
                                                                 struct countermark_str *email,
                                                                 struct countermark_error **error);

// The email at `index` of those that other splits of the same signed text would give; absent beyond the last.
//
// # Safety
// `query` is NULL or live.
struct countermark_str countermark_verified_query_ambiguous_email(const struct countermark_verified_query *query,
                                                                  size_t index);

// Frees a verified query. NULL is allowed.
//
// # Safety
// `query` is NULL or live, and is not used afterwards.
void countermark_verified_query_free(struct countermark_verified_query *query);

// Checks the settings and prepares the key. `config` holds exactly one key.
//
// Errors: as `countermark_query_verifier_new`.
//
// # Safety
// `config` is readable with its keys and texts; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_query_signer_new(const struct countermark_query_config *config,
                                                struct countermark_query_signer **out,
                                                struct countermark_error **error);

// The signed query, without a `?`. `entropy`: 16 fresh random bytes for `COUNTERMARK_QUERY_V1`, none for the others.
//
// Errors: INVALID_INPUT, INVALID_FIELD, MISSING_FIELD, EMPTY_FIELD, DUPLICATE_FIELD, TOO_LARGE.
//
// # Safety
// `signer` is live; fields and entropy are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_query_signer_sign(const struct countermark_query_signer *signer,
                                                 const struct countermark_pair *fields,
                                                 size_t fields_len,
                                                 const char *entropy,
                                                 size_t entropy_len,
                                                 int64_t now_ms,
                                                 struct countermark_bytes **out,
                                                 struct countermark_error **error);

// Frees a signer. NULL is allowed.
//
// # Safety
// `signer` is NULL or live, and is not used afterwards.
void countermark_query_signer_free(struct countermark_query_signer *signer);

// A memory for `capacity` keys, or `COUNTERMARK_DEFAULT`.
//
// Errors: INVALID_CONFIG for a number out of range.
//
// # Safety
// `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_replay_memory_new(int64_t capacity,
                                                 struct countermark_replay_memory **out,
                                                 struct countermark_error **error);

// Takes a key until `until_ms` (Unix milliseconds, inclusive), if nobody holds it.
//
// Errors: REPLAYED when it is taken; TIMESTAMP_TOO_OLD; STORE_UNAVAILABLE when the memory is full; INVALID_INPUT.
//
// # Safety
// `memory` is live; the key is readable; `error` is NULL or points to a writable pointer.
countermark_status countermark_replay_memory_reserve(const struct countermark_replay_memory *memory,
                                                     const char *key,
                                                     size_t key_len,
                                                     int64_t until_ms,
                                                     int64_t now_ms,
                                                     struct countermark_error **error);

// Keeps a key to the end of its time. `*held` becomes 1, or 0 when the key is not held.
//
// Errors: INVALID_INPUT, STORE_UNAVAILABLE.
//
// # Safety
// `memory` is live; the key is readable; `held` points to a writable place; `error` is NULL or points to a writable pointer.
countermark_status countermark_replay_memory_commit(const struct countermark_replay_memory *memory,
                                                    const char *key,
                                                    size_t key_len,
                                                    int32_t *held,
                                                    struct countermark_error **error);

// Whether the work of a key is done: `*committed` becomes 1 or 0. A webhook that comes again is then answered with `countermark_webhook_success`,
// else with the status of REPLAYED, since the first may fail yet.
//
// Errors: INVALID_INPUT, STORE_UNAVAILABLE.
//
// # Safety
// `memory` is live; the key is readable; `committed` points to a writable place; `error` is NULL or points to a writable pointer.
countermark_status countermark_replay_memory_is_committed(const struct countermark_replay_memory *memory,
                                                          const char *key,
                                                          size_t key_len,
                                                          int32_t *committed,
                                                          struct countermark_error **error);

// Frees a key that is taken and not committed. `*held` becomes 1, or 0 when there is none.
//
// Errors: INVALID_INPUT, STORE_UNAVAILABLE.
//
// # Safety
// `memory` is live; the key is readable; `held` points to a writable place; `error` is NULL or points to a writable pointer.
countermark_status countermark_replay_memory_release(const struct countermark_replay_memory *memory,
                                                     const char *key,
                                                     size_t key_len,
                                                     int32_t *held,
                                                     struct countermark_error **error);

// How many keys are held, for monitoring; 0 for NULL.
//
// # Safety
// `memory` is NULL or live.
uint32_t countermark_replay_memory_size(const struct countermark_replay_memory *memory);

// Frees a memory. NULL is allowed.
//
// # Safety
// `memory` is NULL or live, and is not used afterwards.
void countermark_replay_memory_free(struct countermark_replay_memory *memory);

// Until when to keep the replay key of a webhook, in Unix milliseconds: the later of `replay_until_ms` as its view has it, which may be
// `COUNTERMARK_NO_TIME`, and `keep_s` seconds from now. `COUNTERMARK_DEFAULT` for `keep_s` if the site names no time: there is no default.
//
// Errors: INVALID_CONFIG when nothing says how long a copy could come, for 0 seconds, and for a number out of range.
//
// # Safety
// `until_ms` points to a writable place; `error` is NULL or points to a writable pointer.
countermark_status countermark_webhook_keep_until_ms(int64_t replay_until_ms,
                                                     int64_t keep_s,
                                                     int64_t now_ms,
                                                     int64_t *until_ms,
                                                     struct countermark_error **error);

// The first key that is valid seals, all of them open. Name and address are those of the login service.
//
// Errors: INVALID_SECRET, INVALID_CONFIG.
//
// # Safety
// Keys and texts are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_sealer_new(const struct countermark_seal_key *keys,
                                          size_t keys_len,
                                          const char *service_name,
                                          size_t service_name_len,
                                          const char *service_address,
                                          size_t service_address_len,
                                          struct countermark_sealer **out,
                                          struct countermark_error **error);

// Seals a session for one visitor: base64url text. `binding` is what only this visitor's browser has, such as the value of a
// pre-login cookie; `entropy` is 24 fresh random bytes.
//
// Errors: INVALID_INPUT, HANDLE_EXPIRED, INVALID_CONFIG.
//
// # Safety
// `sealer` and `session` are live; binding and entropy are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_sealer_seal(const struct countermark_sealer *sealer,
                                           const struct countermark_auth_session *session,
                                           const char *binding,
                                           size_t binding_len,
                                           const char *entropy,
                                           size_t entropy_len,
                                           int64_t now_ms,
                                           struct countermark_bytes **out,
                                           struct countermark_error **error);

// Opens a token that was sealed here for this visitor.
//
// Errors: HANDLE_EXPIRED for a true token whose time is over; UNKNOWN_HANDLE for everything else; INVALID_INPUT.
//
// # Safety
// `sealer` is live; token and binding are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_sealer_open(const struct countermark_sealer *sealer,
                                           const char *token,
                                           size_t token_len,
                                           const char *binding,
                                           size_t binding_len,
                                           int64_t now_ms,
                                           struct countermark_auth_session **out,
                                           struct countermark_error **error);

// Frees a sealer. NULL is allowed.
//
// # Safety
// `sealer` is NULL or live, and is not used afterwards.
void countermark_sealer_free(struct countermark_sealer *sealer);

// Checks a configuration and its key.
//
// Errors: INVALID_SECRET, WRONG_ENVIRONMENT, INVALID_URL, INVALID_CONFIG; the detail names the setting.
//
// # Safety
// `config` is readable with its texts; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_securesign_client_new(const struct countermark_securesign_config *config,
                                                     struct countermark_securesign_client **out,
                                                     struct countermark_error **error);

// Builds a deep link without the server. `with_api_key`, 0 or 1, puts the key in, as the vendor's page has it; a live key never.
//
// Errors: INVALID_INPUT with the name of the field; SECRET_IN_DEEP_LINK for a live key.
//
// # Safety
// `client` is live; `request` is readable with its texts; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_securesign_deep_link(const struct countermark_securesign_client *client,
                                                    const struct countermark_securesign_request *request,
                                                    int32_t with_api_key,
                                                    struct countermark_bytes **out,
                                                    struct countermark_error **error);

// An origin in the exact form of a browser's `Origin` header: compare it byte by byte.
//
// Errors: INVALID_ORIGIN.
//
// # Safety
// The texts are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_securesign_origin(const char *origin,
                                                 size_t origin_len,
                                                 const char *environment_name,
                                                 size_t environment_name_len,
                                                 struct countermark_bytes **out,
                                                 struct countermark_error **error);

// The vendor's name of an error code, such as `SS_PIN_INVALID`; `UNKNOWN` for one that is not on the list. Static text.
//
// # Safety
// The text is readable.
struct countermark_str countermark_securesign_code_name(const char *code, size_t code_len);

// Whether and how to try again after an error code: `no`, `same_session` or `new_session`. Static text.
//
// # Safety
// The text is readable.
struct countermark_str countermark_securesign_code_retry(const char *code, size_t code_len);

// The vendor's name of a PIN status, or `UNKNOWN`. Static text.
//
// # Safety
// The text is readable.
struct countermark_str countermark_securesign_pin_status_name(const char *status, size_t status_len);

// 1 if a PIN status permits signing, else 0.
//
// # Safety
// The text is readable.
int32_t countermark_securesign_pin_status_permits_signing(const char *status, size_t status_len);

// `*open` becomes 1 if a PIN session still holds, less than `idle_ms` since its last use; `COUNTERMARK_DEFAULT`: the product's time.
//
// Errors: INVALID_CONFIG for an idle time out of range.
//
// # Safety
// `open` and `error` are NULL or point to writable places.
countermark_status countermark_securesign_pin_session_is_open(int64_t last_use_ms,
                                                              int64_t idle_ms,
                                                              int64_t now_ms,
                                                              int32_t *open,
                                                              struct countermark_error **error);

// `*wait_ms` becomes the milliseconds to wait so that no minute holds more than `rpm` calls, given the times of earlier calls; 0 for none.
//
// Errors: INVALID_INPUT for a number of calls out of range.
//
// # Safety
// The times are readable; `wait_ms` and `error` are NULL or point to writable places.
countermark_status countermark_securesign_rate_limit_wait_ms(const int64_t *calls_ms,
                                                             size_t calls_ms_len,
                                                             int64_t rpm,
                                                             int64_t now_ms,
                                                             int64_t *wait_ms,
                                                             struct countermark_error **error);

// Frees a client. NULL is allowed.
//
// # Safety
// `client` is NULL or live, and is not used afterwards.
void countermark_securesign_client_free(struct countermark_securesign_client *client);

// Asks whether key, tenant and origin are good. `origin` is what the visitor's browser sends as `Origin`; `platform` is `web`,
// `mobile_browser`, `desktop_software` or `desktop_agent`.
//
// Errors: INVALID_ORIGIN, INVALID_INPUT; nothing is sent then.
//
// # Safety
// `client` is live; the texts are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_securesign_validate(const struct countermark_securesign_client *client,
                                                   const char *origin,
                                                   size_t origin_len,
                                                   const char *platform,
                                                   size_t platform_len,
                                                   struct countermark_securesign_call **out,
                                                   struct countermark_error **error);

// Opens a signing session. Its results are the session, and what to keep until the callback comes.
//
// Errors: INVALID_INPUT with the name of the field; nothing is sent then.
//
// # Safety
// `client` is live; `request` is readable with its texts; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_securesign_open_session(const struct countermark_securesign_client *client,
                                                       const struct countermark_securesign_request *request,
                                                       struct countermark_securesign_call **out,
                                                       struct countermark_error **error);

// What to do now: send, until an answer is fed, then done.
//
// # Safety
// `call` is live; `out` points to a writable step; `error` is NULL or points to a writable pointer.
countermark_status countermark_securesign_call_poll(struct countermark_securesign_call *call,
                                                    int64_t now_ms,
                                                    struct countermark_step *out,
                                                    struct countermark_error **error);

// Feeds the answer: its HTTP status and whole body. Follow no redirect: feed it.
//
// Errors: WRONG_STATE if no request was to be sent; INVALID_INPUT for a number that is no status at all. What is wrong with the answer
// is told by the result.
//
// # Safety
// `call` is live; the body is readable; `error` is NULL or points to a writable pointer.
countermark_status countermark_securesign_call_on_response(struct countermark_securesign_call *call,
                                                           int64_t http_status,
                                                           const char *body,
                                                           size_t body_len,
                                                           int64_t now_ms,
                                                           struct countermark_error **error);

// Feeds a failure of the transport: `COUNTERMARK_FAILURE_*` and `COUNTERMARK_PHASE_*`.
//
// Errors: WRONG_STATE if no request was to be sent; INVALID_INPUT for other numbers.
//
// # Safety
// `call` is live; `error` is NULL or points to a writable pointer.
countermark_status countermark_securesign_call_on_transport_error(struct countermark_securesign_call *call,
                                                                  int32_t kind,
                                                                  int32_t phase,
                                                                  int64_t now_ms,
                                                                  struct countermark_error **error);

// The result of validate: only after HTTP 200 with both flags true and the configured tenant.
//
// Errors: what went wrong; WRONG_STATE before the last step, and for the other call.
//
// # Safety
// `call` is live; `out` points to a writable place; `error` is NULL or points to a writable pointer.
countermark_status countermark_securesign_call_validation(struct countermark_securesign_call *call,
                                                          struct countermark_securesign_validation *out,
                                                          struct countermark_error **error);

// The session, with a deep link that was checked.
//
// Errors: what went wrong; WRONG_STATE before the last step, and for the other call.
//
// # Safety
// `call` is live; `out` points to a writable place; `error` is NULL or points to a writable pointer.
countermark_status countermark_securesign_call_session(struct countermark_securesign_call *call,
                                                       struct countermark_securesign_session *out,
                                                       struct countermark_error **error);

// What to keep until the callback comes. Its views belong to the call, until its next call.
//
// Errors: as `countermark_securesign_call_session`.
//
// # Safety
// `call` is live; `out` points to a writable place; `error` is NULL or points to a writable pointer.
countermark_status countermark_securesign_call_pending(struct countermark_securesign_call *call,
                                                       struct countermark_securesign_pending *out,
                                                       struct countermark_error **error);

// Frees a call. NULL is allowed.
//
// # Safety
// `call` is NULL or live, and is not used afterwards.
void countermark_securesign_call_free(struct countermark_securesign_call *call);

// Reads the `ss_result` of a callback's raw query string, without `?`.
//
// Errors: MISSING_PARAMETER, DUPLICATE_FIELD, INVALID_ENCODING, MALFORMED_BODY, MISSING_FIELD, INVALID_FIELD, TOO_LARGE.
//
// # Safety
// The query is readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_securesign_read_callback(const char *query,
                                                        size_t query_len,
                                                        struct countermark_securesign_hint **out,
                                                        struct countermark_error **error);

// Reads what a callback claims, all of it in one call.
//
// # Safety
// `hint` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
countermark_status countermark_securesign_hint_read(const struct countermark_securesign_hint *hint,
                                                    struct countermark_securesign_hint_view *out,
                                                    struct countermark_error **error);

// Checks a callback against the request that was stored under its id, with the certificate of the signer in DER. Whoever hands the
// certificate in vouches for it. If the store has nothing under the id, answer UNKNOWN_REQUEST.
//
// Errors: UNKNOWN_REQUEST for another id; SESSION_EXPIRED; UNVERIFIED; what the callback claims if it claims an error; INVALID_INPUT
// for a stored digest of another length, and for what is no certificate; UNSUPPORTED for one whose key is not RSA of 2048 to 8192 bits for
// PKCS#1 v1.5, or P-256.
//
// # Safety
// `client` and `hint` are live; `pending` and the certificate are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_securesign_complete(const struct countermark_securesign_client *client,
                                                   const struct countermark_securesign_hint *hint,
                                                   const struct countermark_securesign_pending *pending,
                                                   const char *certificate_der,
                                                   size_t certificate_der_len,
                                                   int64_t now_ms,
                                                   struct countermark_securesign_result **out,
                                                   struct countermark_error **error);

// Reads a result, all of it in one call.
//
// # Safety
// `result` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
countermark_status countermark_securesign_result_read(const struct countermark_securesign_result *result,
                                                      struct countermark_securesign_result_view *out,
                                                      struct countermark_error **error);

// Frees a hint. NULL is allowed.
//
// # Safety
// `hint` is NULL or live, and is not used afterwards.
void countermark_securesign_hint_free(struct countermark_securesign_hint *hint);

// Frees a result. NULL is allowed.
//
// # Safety
// `result` is NULL or live, and is not used afterwards.
void countermark_securesign_result_free(struct countermark_securesign_result *result);

// The number of the error; 0 for NULL.
//
// # Safety
// `error` is NULL or a live error object.
countermark_status countermark_error_number(const struct countermark_error *error);

// The stable name, such as `SIGNATURE_MISMATCH`.
//
// # Safety
// `error` is NULL or a live error object.
struct countermark_str countermark_error_name(const struct countermark_error *error);

// What happened, for logs. Holds no secret.
//
// # Safety
// `error` is NULL or a live error object.
struct countermark_str countermark_error_message(const struct countermark_error *error);

// What it is about, such as the name of a field or a header; may be empty.
//
// # Safety
// `error` is NULL or a live error object.
struct countermark_str countermark_error_detail(const struct countermark_error *error);

// The text that a remote party may see.
//
// # Safety
// `error` is NULL or a live error object.
struct countermark_str countermark_error_public_message(const struct countermark_error *error);

// The error value that a server stated; absent for other errors.
//
// # Safety
// `error` is NULL or a live error object.
struct countermark_str countermark_error_server_error(const struct countermark_error *error);

// The finer code that a server stated; absent if it stated none.
//
// # Safety
// `error` is NULL or a live error object.
struct countermark_str countermark_error_server_code(const struct countermark_error *error);

// The message that a server stated; absent if it stated none. Not trustworthy: escape it before showing it.
//
// # Safety
// `error` is NULL or a live error object.
struct countermark_str countermark_error_server_message(const struct countermark_error *error);

// Frees an error object. NULL is allowed.
//
// # Safety
// `error` is NULL or a live error object, and is not used afterwards.
void countermark_error_free(struct countermark_error *error);

// Prepares the keys. A key that cannot be used does not mask the good ones: see `countermark_webhook_verifier_unusable_key`.
//
// Errors: UNKNOWN_SCHEME, INVALID_CONFIG, INVALID_SECRET, UNSUPPORTED.
//
// # Safety
// `config` is readable with its keys, texts and scheme; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_webhook_verifier_new(const struct countermark_webhook_config *config,
                                                    struct countermark_webhook_verifier **out,
                                                    struct countermark_error **error);

// The id of the key at `index` of those that could not be used; absent beyond the last. Tell the operator.
//
// # Safety
// `verifier` is NULL or live.
struct countermark_str countermark_webhook_verifier_unusable_key(const struct countermark_webhook_verifier *verifier,
                                                                 size_t index);

// Whether `countermark_webhook_keep_until_ms` needs a `keep_s` for its webhooks: 1 where they have a replay key and say no end of it, since
// their scheme signs no time or it is not checked; else 0, as for NULL.
//
// # Safety
// `verifier` is NULL or live.
int32_t countermark_webhook_verifier_needs_keep(const struct countermark_webhook_verifier *verifier);

// Checks the origin that a site is configured with, `https://host[:port]` or `http://…`, and perhaps a prefix of the path that a proxy takes
// away; NULL for none. Gives what stands before the path in the URL that senders call: empty where none is needed and none is given.
//
// Errors: INVALID_CONFIG for a text that is no origin, and for none where the scheme signs the URL.
//
// # Safety
// `verifier` is live; the text is NULL or readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_webhook_verifier_site_origin(const struct countermark_webhook_verifier *verifier,
                                                            const char *origin,
                                                            size_t origin_len,
                                                            struct countermark_bytes **out,
                                                            struct countermark_error **error);

// The name at `index` of the headers that verifying looks at, each once; absent beyond the last. One that ends in `#` stands for all
// that begin with what is before it. For hosts to which each header costs: they may leave out all others, and must hand over every
// header with one of these names, in any case and however often it came.
//
// # Safety
// `verifier` is NULL or live.
struct countermark_str countermark_webhook_verifier_header_name(const struct countermark_webhook_verifier *verifier,
                                                                size_t index);

// Verifies a request: all headers as they arrived, and the raw bytes of the body. Afterwards reserve the replay key before
// anything is done.
//
// Errors: the first fault, of the 2xxx and 3xxx of the error table. Show the sender only the public message.
//
// # Safety
// `verifier` is live; request and body are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_webhook_verifier_verify(const struct countermark_webhook_verifier *verifier,
                                                       const struct countermark_webhook_request *request,
                                                       const char *body,
                                                       size_t body_len,
                                                       int64_t now_ms,
                                                       struct countermark_verified_webhook **out,
                                                       struct countermark_error **error);

// Reads a verified webhook, all of it in one call.
//
// # Safety
// `webhook` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
countermark_status countermark_verified_webhook_read(const struct countermark_verified_webhook *webhook,
                                                     struct countermark_verified_webhook_view *out,
                                                     struct countermark_error **error);

// Frees a verified webhook. NULL is allowed.
//
// # Safety
// `webhook` is NULL or live, and is not used afterwards.
void countermark_verified_webhook_free(struct countermark_verified_webhook *webhook);

// Frees a verifier. NULL is allowed. What it verified lives on.
//
// # Safety
// `verifier` is NULL or live, and is not used afterwards.
void countermark_webhook_verifier_free(struct countermark_webhook_verifier *verifier);

// When the handshake of a scheme is to be answered: `COUNTERMARK_HANDSHAKE_*`.
//
// # Safety
// The text is readable.
int32_t countermark_webhook_handshake_order(const char *scheme, size_t scheme_len);

// The answer to a handshake; `*out` stays NULL if the request is not one. Mind the order.
//
// `secret` is Zoom's secret token, the verify token that was typed in at Meta, and Notion's verification token once it is known;
// NULL and 0 for other schemes.
//
// Errors: MISSING_CONTEXT without the secret, or the method for Trello; SIGNATURE_MISMATCH for another verify token; MISSING_FIELD,
// MISSING_PARAMETER, INVALID_FIELD, DUPLICATE_FIELD, INVALID_ENCODING, MALFORMED_BODY, AMBIGUOUS_INPUT.
//
// # Safety
// Texts, request and body are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_webhook_handshake_answer(const char *scheme,
                                                        size_t scheme_len,
                                                        const char *secret,
                                                        size_t secret_len,
                                                        const struct countermark_webhook_request *request,
                                                        const char *body,
                                                        size_t body_len,
                                                        struct countermark_webhook_answer **out,
                                                        struct countermark_error **error);

// The secret that a handshake hands over, for an operator to confirm at the sender; so far Notion's only. `*out` stays NULL if there
// is no such secret. It comes unsigned: take it only while none is configured.
//
// Errors: MISSING_FIELD or INVALID_FIELD for one that is not usable.
//
// # Safety
// Text and body are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_webhook_handshake_secret(const char *scheme,
                                                        size_t scheme_len,
                                                        const char *body,
                                                        size_t body_len,
                                                        struct countermark_bytes **out,
                                                        struct countermark_error **error);

// The HTTP status that the sender of a scheme expects for an error.
//
// # Safety
// The text is readable.
uint32_t countermark_webhook_error_status(const char *scheme, size_t scheme_len, countermark_status status);

// The answer to a webhook that was taken.
//
// # Safety
// The text is readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_webhook_success(const char *scheme,
                                               size_t scheme_len,
                                               struct countermark_webhook_answer **out,
                                               struct countermark_error **error);

// Reads an answer, all of it in one call.
//
// # Safety
// `answer` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
countermark_status countermark_webhook_answer_read(const struct countermark_webhook_answer *answer,
                                                   struct countermark_webhook_answer_view *out,
                                                   struct countermark_error **error);

// Frees an answer. NULL is allowed.
//
// # Safety
// `answer` is NULL or live, and is not used afterwards.
void countermark_webhook_answer_free(struct countermark_webhook_answer *answer);

// Says whether a webhook is good, and hands nothing out: what it says, or why it is refused, is told by
// `countermark_webhook_verifier_verify` with the same request, body and time.
//
// `texts` holds the name and the value of each header, with a NUL between any two texts. For a request with a method, a URL or a
// query, three more follow: each is empty for one that is absent, else `=` and the text. `count` is the number of texts, by which
// one with a NUL in it is found.
//
// Errors: as `countermark_webhook_verifier_verify`; INVALID_INPUT for a block that is not UTF-8, or not of `count` such texts.
//
// # Safety
// `verifier` is live; texts and body are readable.
countermark_status countermark_webhook_verifier_check_block(const struct countermark_webhook_verifier *verifier,
                                                            const char *texts,
                                                            size_t texts_len,
                                                            size_t count,
                                                            const char *body,
                                                            size_t body_len,
                                                            int64_t now_ms);

// Takes the configuration of the verifier. Keys that cannot be used are no error here but a cause.
//
// Errors: UNKNOWN_SCHEME, INVALID_CONFIG.
//
// # Safety
// `config` is readable with its keys, texts and scheme; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_webhook_explainer_new(const struct countermark_webhook_config *config,
                                                     struct countermark_webhook_explainer **out,
                                                     struct countermark_error **error);

// Explains what the verifier says about a request. Far more work than a verification.
//
// # Safety
// `explainer` is live; request and body are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_webhook_explainer_explain(const struct countermark_webhook_explainer *explainer,
                                                         const struct countermark_webhook_request *request,
                                                         const char *body,
                                                         size_t body_len,
                                                         int64_t now_ms,
                                                         struct countermark_webhook_explanation **out,
                                                         struct countermark_error **error);

// Reads an explanation, all of it in one call.
//
// # Safety
// `explanation` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
countermark_status countermark_webhook_explanation_read(const struct countermark_webhook_explanation *explanation,
                                                        struct countermark_webhook_explanation_view *out,
                                                        struct countermark_error **error);

// The number of rows of the table of causes.
size_t countermark_webhook_cause_table_len(void);

// Row `index` of the table of causes, in order of number.
//
// Errors: INVALID_INPUT beyond the last row.
//
// # Safety
// `out` points to a writable row; `error` is NULL or points to a writable pointer.
countermark_status countermark_webhook_cause_table_row(size_t index,
                                                       struct countermark_webhook_cause_row *out,
                                                       struct countermark_error **error);

// Frees an explanation. NULL is allowed.
//
// # Safety
// `explanation` is NULL or live, and is not used afterwards.
void countermark_webhook_explanation_free(struct countermark_webhook_explanation *explanation);

// Frees an explainer. NULL is allowed.
//
// # Safety
// `explainer` is NULL or live, and is not used afterwards.
void countermark_webhook_explainer_free(struct countermark_webhook_explainer *explainer);

// Hands out the table.
//
// # Safety
// `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_webhook_schemes_new(struct countermark_webhook_schemes **out,
                                                   struct countermark_error **error);

// The number of schemes; 0 for NULL.
//
// # Safety
// `schemes` is NULL or live.
size_t countermark_webhook_schemes_len(const struct countermark_webhook_schemes *schemes);

// The scheme at `index`.
//
// Errors: INVALID_INPUT beyond the last.
//
// # Safety
// `schemes` is live; `out` points to a writable scheme; `error` is NULL or points to a writable pointer.
countermark_status countermark_webhook_schemes_row(const struct countermark_webhook_schemes *schemes,
                                                   size_t index,
                                                   struct countermark_webhook_scheme *out,
                                                   struct countermark_error **error);

// Frees the table. NULL is allowed.
//
// # Safety
// `schemes` is NULL or live, and is not used afterwards.
void countermark_webhook_schemes_free(struct countermark_webhook_schemes *schemes);

// Prepares the keys: secrets, or for public-key schemes private keys. Several where the scheme carries several signatures. Of the
// configuration only scheme and keys are used, and of a key not its validity.
//
// Errors: UNKNOWN_SCHEME, INVALID_CONFIG, INVALID_SECRET, UNSUPPORTED.
//
// # Safety
// `config` is readable with its keys, texts and scheme; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_webhook_signer_new(const struct countermark_webhook_config *config,
                                                  struct countermark_webhook_signer **out,
                                                  struct countermark_error **error);

// Signs a request. `message_id` is needed by schemes that sign one; else NULL and 0.
//
// Errors: MISSING_CONTEXT, MISSING_PARAMETER, MISSING_HEADER, MALFORMED_BODY, INVALID_INPUT, UNSUPPORTED.
//
// # Safety
// `signer` is live; request, body and text are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_webhook_signer_sign(const struct countermark_webhook_signer *signer,
                                                   const struct countermark_webhook_request *request,
                                                   const char *body,
                                                   size_t body_len,
                                                   const char *message_id,
                                                   size_t message_id_len,
                                                   int64_t now_ms,
                                                   struct countermark_signed_webhook **out,
                                                   struct countermark_error **error);

// Reads what to send, all of it in one call.
//
// # Safety
// `signed_webhook` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
countermark_status countermark_signed_webhook_read(const struct countermark_signed_webhook *signed_webhook,
                                                   struct countermark_signed_webhook_view *out,
                                                   struct countermark_error **error);

// Frees a signed webhook. NULL is allowed.
//
// # Safety
// `signed_webhook` is NULL or live, and is not used afterwards.
void countermark_signed_webhook_free(struct countermark_signed_webhook *signed_webhook);

// Frees a signer. NULL is allowed.
//
// # Safety
// `signer` is NULL or live, and is not used afterwards.
void countermark_webhook_signer_free(struct countermark_webhook_signer *signer);

#if defined(COUNTERMARK_HTTP)
// Checks a configuration. Nobody is contacted. `extra_roots_pem` are root certificates of an own server, trusted beside those of the
// platform; `(NULL, 0)` for none.
//
// Errors: INVALID_URL, INVALID_CONFIG, INVALID_INPUT; the detail names the setting.
//
// # Safety
// `config` is readable with its texts; the certificates are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_login_client_new(const struct countermark_login_config *config,
                                                const char *extra_roots_pem,
                                                size_t extra_roots_pem_len,
                                                struct countermark_login_client **out,
                                                struct countermark_error **error);
#endif

#if defined(COUNTERMARK_HTTP)
// Starts a login for a user, and gives the challenge to show. A start is never sent twice.
//
// Errors: BUSY when a login for the ID is open; INVALID_SECSIGN_ID, UNKNOWN_ID, FROZEN; those of the server and of the network.
//
// # Safety
// `client` is live; the text is readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_login_client_begin(const struct countermark_login_client *client,
                                                  const char *secsign_id,
                                                  size_t secsign_id_len,
                                                  struct countermark_challenge **out,
                                                  struct countermark_error **error);
#endif

#if defined(COUNTERMARK_HTTP)
// Asks the server once how the login stands. An approval is given out once.
//
// Errors: ALREADY_CONSUMED for whoever asks again; UNKNOWN_HANDLE for a session of another service; IDENTITY_MISMATCH when another ID
// approved; SESSION_GONE; those of the server and of the network.
//
// # Safety
// `client` and `session` are live; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_login_client_check(const struct countermark_login_client *client,
                                                  const struct countermark_auth_session *session,
                                                  struct countermark_login_result **out,
                                                  struct countermark_error **error);
#endif

#if defined(COUNTERMARK_HTTP)
// Asks until the user has decided, the session has ended, or `deadline_ms` (Unix milliseconds; `INT64_MAX`: none) is reached, and gives
// the last known result.
//
// Errors: as `countermark_login_client_check`; failures that may pass are retried a few times first.
//
// # Safety
// `client` and `session` are live; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_login_client_wait(const struct countermark_login_client *client,
                                                 const struct countermark_auth_session *session,
                                                 int64_t deadline_ms,
                                                 struct countermark_login_result **out,
                                                 struct countermark_error **error);
#endif

#if defined(COUNTERMARK_HTTP)
// Withdraws the login, so that the phone stops asking. An approval that comes at the same time cannot be used any more.
//
// Errors: UNKNOWN_HANDLE for a session of another service; those of the server and of the network: the login then ends when its time
// is over.
//
// # Safety
// `client` and `session` are live; `error` is NULL or points to a writable pointer.
countermark_status countermark_login_client_cancel(const struct countermark_login_client *client,
                                                   const struct countermark_auth_session *session,
                                                   struct countermark_error **error);
#endif

#if defined(COUNTERMARK_HTTP)
// Gives an approved session back to an own server that wants it. No answer of the server is an error.
//
// Errors: UNKNOWN_HANDLE for a session of another service.
//
// # Safety
// `client` and `session` are live; `error` is NULL or points to a writable pointer.
countermark_status countermark_login_client_release(const struct countermark_login_client *client,
                                                    const struct countermark_auth_session *session,
                                                    struct countermark_error **error);
#endif

#if defined(COUNTERMARK_HTTP)
// Frees a client. NULL is allowed.
//
// # Safety
// `client` is NULL or live, and is not used afterwards.
void countermark_login_client_free(struct countermark_login_client *client);
#endif

#if defined(COUNTERMARK_HTTP)
// How the login stood. The view of `*out` belongs to the result.
//
// # Safety
// `result` is live; `out` points to a writable outcome; `error` is NULL or points to a writable pointer.
countermark_status countermark_login_result_read(const struct countermark_login_result *result,
                                                 struct countermark_login_outcome *out,
                                                 struct countermark_error **error);
#endif

#if defined(COUNTERMARK_HTTP)
// The SecSign ID that approved: `*secsign_id` belongs to the result.
//
// Errors: LOGIN_PENDING, LOGIN_DENIED, LOGIN_EXPIRED, LOGIN_SUSPENDED, LOGIN_CANCELED or LOGIN_INVALID, the reason why there is none.
//
// # Safety
// `result` is live; `secsign_id` points to a writable view; `error` is NULL or points to a writable pointer.
countermark_status countermark_login_result_require_approved(const struct countermark_login_result *result,
                                                             struct countermark_str *secsign_id,
                                                             struct countermark_error **error);
#endif

#if defined(COUNTERMARK_HTTP)
// Frees a result. NULL is allowed.
//
// # Safety
// `result` is NULL or live, and is not used afterwards.
void countermark_login_result_free(struct countermark_login_result *result);
#endif

#if defined(COUNTERMARK_HTTP)
// The network for a configured client, which may be freed before. Nobody is contacted. `extra_roots_pem` are root certificates that are
// trusted beside those of the platform; `(NULL, 0)` for none.
//
// Errors: INVALID_CONFIG for certificates that cannot be read.
//
// # Safety
// `client` is live; the certificates are readable; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_securesign_api_new(const struct countermark_securesign_client *client,
                                                  const char *extra_roots_pem,
                                                  size_t extra_roots_pem_len,
                                                  struct countermark_securesign_api **out,
                                                  struct countermark_error **error);
#endif

#if defined(COUNTERMARK_HTTP)
// Asks whether key, tenant and origin are good; `COUNTERMARK_OK` if they are. `*rpm` becomes the calls that the server allows in a
// minute, or `COUNTERMARK_DEFAULT` if it did not say. For origin and platform see `countermark_securesign_validate`.
//
// Errors: INVALID_ORIGIN, INVALID_INPUT; those of the server and of the network.
//
// # Safety
// `api` is live; the texts are readable; `rpm` points to a writable place; `error` is NULL or points to a writable pointer.
countermark_status countermark_securesign_api_validate(const struct countermark_securesign_api *api,
                                                       const char *origin,
                                                       size_t origin_len,
                                                       const char *platform_name,
                                                       size_t platform_name_len,
                                                       int64_t *rpm,
                                                       struct countermark_error **error);
#endif

#if defined(COUNTERMARK_HTTP)
// Opens a signing session.
//
// Errors: INVALID_INPUT with the name of the field; those of the server and of the network.
//
// # Safety
// `api` is live; `request` is readable with its texts; `out` and `error` are NULL or point to writable pointers.
countermark_status countermark_securesign_api_open_session(const struct countermark_securesign_api *api,
                                                           const struct countermark_securesign_request *request,
                                                           struct countermark_securesign_opened **out,
                                                           struct countermark_error **error);
#endif

#if defined(COUNTERMARK_HTTP)
// The session, and what to keep under its request id until the callback comes. The views of both belong to `opened`.
//
// # Safety
// `opened` is live; `session` and `pending` point to writable places; `error` is NULL or points to a writable pointer.
countermark_status countermark_securesign_opened_read(const struct countermark_securesign_opened *opened,
                                                      struct countermark_securesign_session *session,
                                                      struct countermark_securesign_pending *pending,
                                                      struct countermark_error **error);
#endif

#if defined(COUNTERMARK_HTTP)
// Frees an opened session. NULL is allowed.
//
// # Safety
// `opened` is NULL or live, and is not used afterwards.
void countermark_securesign_opened_free(struct countermark_securesign_opened *opened);
#endif

#if defined(COUNTERMARK_HTTP)
// Frees an API object. NULL is allowed.
//
// # Safety
// `api` is NULL or live, and is not used afterwards.
void countermark_securesign_api_free(struct countermark_securesign_api *api);
#endif

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* COUNTERMARK_H */
