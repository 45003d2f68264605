// query.*

#include "adapter.h"
#include <sys/random.h>

RELEASE(query_verifier)
RELEASE(query_signer)
RELEASE(verified_query)

static void read_key(json_t *fields, countermark_query_key *key) {
  json_t *domains = list(fields, "email_domains"), *domain;
  countermark_str *views = memory(json_array_size(domains) * sizeof *views);
  size_t index;
  json_array_foreach(domains, index, domain) views[index] = text_of(domain);
  *key = (countermark_query_key){.id = text(fields, "id"), .secret = text(fields, "secret"), .tenant = text_opt(fields, "tenant"),
                                 .email_domains = views, .email_domains_len = json_array_size(domains),
                                 .not_before_ms = integer_or(fields, "not_before_ms", COUNTERMARK_ALWAYS_BEFORE),
                                 .not_after_ms = integer_or(fields, "not_after_ms", COUNTERMARK_ALWAYS_AFTER)};
}

static int32_t profile(json_t *request) {
  countermark_str name = text(request, "profile"), mode = text_opt(request, "mode");
  if (is(name, "countermark-v1")) return COUNTERMARK_QUERY_V1;
  if (!is(name, "onelogin")) bad_request();
  if (!mode.ptr || is(mode, "legacy")) return COUNTERMARK_QUERY_LEGACY_ONELOGIN;
  if (is(mode, "strict")) return COUNTERMARK_QUERY_LEGACY_ONELOGIN_STRICT;
  bad_request();
}

// The published vectors are made with the demo secret.
static countermark_query_config config(json_t *request) {
  return (countermark_query_config){.profile = profile(request), .audience = text_opt(request, "audience"),
                                    .allow_demo_secret = flag_or(request, "allow_demo_secret", 1)};
}

static json_t *ambiguous_emails(const countermark_verified_query *query) {
  json_t *emails = json_array();
  for (size_t i = 0;; i++) {
    countermark_str email = countermark_verified_query_ambiguous_email(query, i);
    if (!email.ptr) return emails;
    json_array_append_new(emails, string(email));
  }
}

json_t *query_verify(json_t *request) {
  countermark_query_config settings = config(request);
  json_t *keys = list(request, "keys"), *key, *account = object_opt(request, "account"), *known = list(request, "known_emails");
  countermark_query_key *ring = memory(json_array_size(keys) * sizeof *ring);
  countermark_query_verifier *verifier;
  countermark_verified_query *query;
  countermark_verified_query_view view;
  countermark_str email = {NULL, 0};
  size_t index;
  json_array_foreach(keys, index, key) read_key(key, &ring[index]);
  settings.keys = ring;
  settings.keys_len = json_array_size(keys);
  settings.max_age_s = integer_or(request, "max_age_s", COUNTERMARK_DEFAULT);
  settings.max_future_s = integer_or(request, "max_future_s", COUNTERMARK_DEFAULT);
  settings.allow_empty_names = flag_or(request, "allow_empty_names", 0);
  need(countermark_query_verifier_new(&settings, &verifier, NULL));
  keep(release_query_verifier, verifier);
  countermark_str raw = text(request, "query");
  need(countermark_query_verifier_verify(verifier, raw.ptr, raw.len, integer(request, "now_ms"), &query, NULL));
  keep(release_verified_query, query);
  if (account) {
    countermark_str first = text(account, "firstname"), last = text(account, "lastname");
    need(countermark_verified_query_check_profile(query, first.ptr, first.len, last.ptr, last.len, &email, NULL));
  }
  if (known) {
    countermark_str *emails = memory(json_array_size(known) * sizeof *emails);
    json_array_foreach(known, index, key) emails[index] = text_of(key);
    need(countermark_verified_query_check_known_emails(query, emails, json_array_size(known), &email, NULL));
  }
  need(countermark_verified_query_read(query, &view, NULL));
  json_t *fields = json_object(), *ok = json_object();
  for (size_t i = 0; i < view.fields_len; i++) {
    json_object_setn_new(fields, view.fields[i].name.ptr, view.fields[i].name.len, string(view.fields[i].value));
  }
  json_object_set_new(ok, "fields", fields);
  json_object_set_new(ok, "timestamp", json_integer(view.signed_at_ms / 1000));
  put(ok, "key_id", view.key_id);
  put(ok, "replay_key", view.replay_key);
  put(ok, "tenant", view.tenant);
  put(ok, "claimed_email", view.claimed_email);
  put(ok, "email", email);
  if (flag_or(request, "ambiguous_emails", 0)) json_object_set_new(ok, "ambiguous_emails", ambiguous_emails(query));
  return ok;
}

static countermark_str entropy(json_t *request) {
  if (field(request, "entropy_base64")) return bytes(request, "entropy_base64");
  countermark_str random = {memory(16), 16};
  if (getrandom((void *)random.ptr, random.len, 0) != 16) bad_request();
  return random;
}

json_t *query_sign(json_t *request) {
  countermark_query_config settings = config(request);
  countermark_query_key key;
  countermark_query_signer *signer;
  countermark_bytes *out;
  json_t *signed_key = object_opt(request, "key"), *fields = object_opt(request, "fields"), *value;
  const char *name;
  size_t name_len, count = 0;
  if (!signed_key || !fields) bad_request();
  read_key(signed_key, &key);
  settings.keys = &key;
  settings.keys_len = 1;
  settings.max_age_s = integer_or(request, "lifetime_s", COUNTERMARK_DEFAULT);
  need(countermark_query_signer_new(&settings, &signer, NULL));
  keep(release_query_signer, signer);
  countermark_pair *named = memory(json_object_size(fields) * sizeof *named);
  json_object_keylen_foreach(fields, name, name_len, value) named[count++] = (countermark_pair){{name, name_len}, text_of(value)};
  countermark_str random = entropy(request);
  need(countermark_query_signer_sign(signer, named, count, random.ptr, random.len, integer(request, "now_ms"), &out, NULL));
  return made(out, "query");
}
