#define FFI_SCOPE "COUNTERMARK"
#define FFI_LIB "libcountermark.so.1"
typedef struct countermark_access_pass countermark_access_pass;
typedef struct countermark_app_link countermark_app_link;
typedef struct countermark_auth_session countermark_auth_session;
typedef struct countermark_bytes countermark_bytes;
typedef struct countermark_challenge countermark_challenge;
typedef struct countermark_error countermark_error;
typedef struct countermark_login countermark_login;
typedef struct countermark_login_service countermark_login_service;
typedef struct countermark_query_signer countermark_query_signer;
typedef struct countermark_query_verifier countermark_query_verifier;
typedef struct countermark_replay_memory countermark_replay_memory;
typedef struct countermark_sealer countermark_sealer;
typedef struct countermark_securesign_call countermark_securesign_call;
typedef struct countermark_securesign_client countermark_securesign_client;
typedef struct countermark_securesign_hint countermark_securesign_hint;
typedef struct countermark_securesign_result countermark_securesign_result;
typedef struct countermark_server_reply countermark_server_reply;
typedef struct countermark_signed_webhook countermark_signed_webhook;
typedef struct countermark_verified_query countermark_verified_query;
typedef struct countermark_verified_webhook countermark_verified_webhook;
typedef struct countermark_webhook_answer countermark_webhook_answer;
typedef struct countermark_webhook_explainer countermark_webhook_explainer;
typedef struct countermark_webhook_explanation countermark_webhook_explanation;
typedef struct countermark_webhook_schemes countermark_webhook_schemes;
typedef struct countermark_webhook_signer countermark_webhook_signer;
typedef struct countermark_webhook_verifier countermark_webhook_verifier;
typedef int32_t countermark_status;
typedef struct countermark_str {
  char *ptr;
  size_t len;
} countermark_str;
typedef struct countermark_pair {
  struct countermark_str name;
  struct countermark_str value;
} countermark_pair;
typedef struct countermark_step {
  int32_t kind;
  uint32_t connect_timeout_ms;
  uint32_t total_timeout_ms;
  uint32_t max_reply_bytes;
  int64_t until_ms;
  struct countermark_str key;
  struct countermark_str method;
  struct countermark_str url;
  struct countermark_str body;
  const struct countermark_pair *headers;
  size_t headers_len;
} countermark_step;
typedef struct countermark_login_outcome {
  int32_t kind;
  struct countermark_str secsign_id;
} countermark_login_outcome;
typedef struct countermark_server_reply_view {
  struct countermark_str secsign_id;
  struct countermark_str auth_session_id;
  struct countermark_str request_id;
  struct countermark_str service_name;
  struct countermark_str service_address;
  struct countermark_str access_pass_base64;
  int32_t state;
  uint32_t unknown_fields;
} countermark_server_reply_view;
typedef struct countermark_access_pass_view {
  struct countermark_str png;
  struct countermark_str data_uri;
  uint32_t width;
  uint32_t height;
} countermark_access_pass_view;
typedef struct countermark_login_config {
  struct countermark_str server;
  struct countermark_str fallback;
  struct countermark_str service_name;
  struct countermark_str service_address;
  struct countermark_str plugin_name;
  struct countermark_str api_method;
  int32_t show_access_pass;
  int32_t allow_priority_code;
  int64_t connect_timeout_ms;
  int64_t total_timeout_ms;
} countermark_login_config;
typedef struct countermark_state_row {
  struct countermark_str name;
  uint32_t number;
  int32_t is_terminal;
} countermark_state_row;
typedef struct countermark_error_row {
  countermark_status number;
  uint32_t http_status;
  struct countermark_str name;
  struct countermark_str group;
  struct countermark_str message;
  struct countermark_str hint;
  uint8_t retryable;
  uint8_t is_public;
} countermark_error_row;
typedef struct countermark_query_key {
  struct countermark_str id;
  struct countermark_str secret;
  struct countermark_str tenant;
  const struct countermark_str *email_domains;
  size_t email_domains_len;
  int64_t not_before_ms;
  int64_t not_after_ms;
} countermark_query_key;
typedef struct countermark_query_config {
  int32_t profile;
  int32_t allow_demo_secret;
  int32_t allow_empty_names;
  const struct countermark_query_key *keys;
  size_t keys_len;
  struct countermark_str audience;
  int64_t max_age_s;
  int64_t max_future_s;
} countermark_query_config;
typedef struct countermark_verified_query_view {
  struct countermark_str key_id;
  struct countermark_str tenant;
  struct countermark_str algorithm;
  struct countermark_str replay_key;
  struct countermark_str claimed_email;
  int64_t signed_at_ms;
  int64_t replay_until_ms;
  const struct countermark_pair *fields;
  size_t fields_len;
} countermark_verified_query_view;
typedef struct countermark_seal_key {
  struct countermark_str id;
  struct countermark_str secret;
  int64_t not_before_ms;
  int64_t not_after_ms;
} countermark_seal_key;
typedef struct countermark_securesign_config {
  struct countermark_str base_url;
  struct countermark_str environment;
  struct countermark_str api_key;
  struct countermark_str tenant_id;
  const struct countermark_str *callback_hosts;
  size_t callback_hosts_len;
  int64_t clock_skew_s;
} countermark_securesign_config;
typedef struct countermark_securesign_request {
  struct countermark_str request_id;
  struct countermark_str hash;
  struct countermark_str algorithm;
  struct countermark_str callback_url;
} countermark_securesign_request;
typedef struct countermark_securesign_validation {
  struct countermark_str tenant_id;
  int64_t rpm;
} countermark_securesign_validation;
typedef struct countermark_securesign_session {
  struct countermark_str session_id;
  struct countermark_str deep_link;
  int64_t expires_at_ms;
} countermark_securesign_session;
typedef struct countermark_securesign_pending {
  struct countermark_str request_id;
  struct countermark_str hash;
  struct countermark_str algorithm;
  int64_t expires_at_ms;
} countermark_securesign_pending;
typedef struct countermark_securesign_hint_view {
  struct countermark_str request_id;
  struct countermark_str code;
  struct countermark_str signature;
  int64_t signed_at_ms;
  int32_t claims_success;
} countermark_securesign_hint_view;
typedef struct countermark_securesign_result_view {
  struct countermark_str request_id;
  struct countermark_str signature;
  struct countermark_str certificate_serial;
  struct countermark_str once_key;
  uint32_t once_ttl_s;
} countermark_securesign_result_view;
typedef struct countermark_scheme_spec {
  struct countermark_str id;
  struct countermark_str signature_header;
  struct countermark_str signature_parameter;
  struct countermark_str prefix;
  struct countermark_str separator;
  struct countermark_str encoding;
  struct countermark_str digest;
  struct countermark_str hash;
  struct countermark_str key;
  struct countermark_str signed_parts;
  struct countermark_str url;
  struct countermark_str id_header;
  struct countermark_str time_header;
  struct countermark_str time_label;
  struct countermark_str time_parameter;
  struct countermark_str time_json;
  struct countermark_str time_unit;
  struct countermark_str pairs_only;
  struct countermark_str pairs_except;
  struct countermark_str pairs_text;
  struct countermark_str pairs_equals;
  struct countermark_str pairs_join;
  struct countermark_str pairs_repeats;
  int64_t max_age_s;
  int64_t max_future_s;
} countermark_scheme_spec;
typedef struct countermark_webhook_key {
  struct countermark_str id;
  struct countermark_str secret;
  struct countermark_str encoding;
  int64_t not_before_ms;
  int64_t not_after_ms;
} countermark_webhook_key;
typedef struct countermark_webhook_config {
  struct countermark_str scheme;
  const struct countermark_scheme_spec *spec;
  const struct countermark_webhook_key *keys;
  size_t keys_len;
  int64_t max_age_s;
  int64_t max_future_s;
  int64_t max_body_bytes;
  int32_t ignore_time;
} countermark_webhook_config;
typedef struct countermark_webhook_request {
  struct countermark_str method;
  struct countermark_str url;
  struct countermark_str query;
  const struct countermark_pair *headers;
  size_t headers_len;
} countermark_webhook_request;
typedef struct countermark_verified_webhook_view {
  struct countermark_str scheme;
  struct countermark_str key_id;
  struct countermark_str message_id;
  struct countermark_str replay_key;
  int64_t timestamp_ms;
  int64_t replay_until_ms;
  const struct countermark_pair *fields;
  size_t fields_len;
  const struct countermark_str *covers;
  size_t covers_len;
  int32_t covers_body;
} countermark_verified_webhook_view;
typedef struct countermark_webhook_answer_view {
  struct countermark_str content_type;
  struct countermark_str body;
  uint32_t status;
} countermark_webhook_answer_view;
typedef struct countermark_webhook_cause_row {
  struct countermark_str name;
  struct countermark_str unit;
  struct countermark_str happened;
  struct countermark_str remedy;
  uint32_t number;
} countermark_webhook_cause_row;
typedef struct countermark_webhook_cause {
  struct countermark_webhook_cause_row row;
  struct countermark_str certainty;
  struct countermark_str subject;
  struct countermark_str fits;
  int64_t amount;
} countermark_webhook_cause;
typedef struct countermark_webhook_check {
  struct countermark_str step;
  struct countermark_str state;
} countermark_webhook_check;
typedef struct countermark_webhook_explanation_view {
  countermark_status error;
  int32_t complete;
  struct countermark_str key_id;
  const struct countermark_webhook_cause *causes;
  size_t causes_len;
  const struct countermark_webhook_check *checks;
  size_t checks_len;
  size_t body_len;
  struct countermark_str body_sha256;
} countermark_webhook_explanation_view;
typedef struct countermark_webhook_scheme {
  struct countermark_str id;
  struct countermark_str title;
  struct countermark_str source;
  struct countermark_str weakness;
  struct countermark_str signed_parts;
  struct countermark_str digest;
  struct countermark_str key;
  const struct countermark_str *signature_headers;
  size_t signature_headers_len;
  const struct countermark_str *covers;
  size_t covers_len;
  int64_t max_age_s;
  int64_t max_future_s;
} countermark_webhook_scheme;
typedef struct countermark_signed_webhook_view {
  const struct countermark_pair *headers;
  size_t headers_len;
  struct countermark_str url;
  struct countermark_str query;
  struct countermark_str body;
} countermark_signed_webhook_view;
countermark_status countermark_login_begin(const struct countermark_login_service *service,
                                           const char *secsign_id,
                                           size_t secsign_id_len,
                                           int64_t now_ms,
                                           struct countermark_login **out,
                                           struct countermark_error **error);
countermark_status countermark_login_check(const struct countermark_login_service *service,
                                           const struct countermark_auth_session *session,
                                           int64_t now_ms,
                                           struct countermark_login **out,
                                           struct countermark_error **error);
countermark_status countermark_login_wait(const struct countermark_login_service *service,
                                          const struct countermark_auth_session *session,
                                          int64_t deadline_ms,
                                          int64_t now_ms,
                                          struct countermark_login **out,
                                          struct countermark_error **error);
countermark_status countermark_login_cancel(const struct countermark_login_service *service,
                                            const struct countermark_auth_session *session,
                                            int64_t now_ms,
                                            struct countermark_login **out,
                                            struct countermark_error **error);
countermark_status countermark_login_release(const struct countermark_login_service *service,
                                             const struct countermark_auth_session *session,
                                             int64_t now_ms,
                                             struct countermark_login **out,
                                             struct countermark_error **error);
countermark_status countermark_login_poll(struct countermark_login *login,
                                          int64_t now_ms,
                                          struct countermark_step *out,
                                          struct countermark_error **error);
countermark_status countermark_login_on_response(struct countermark_login *login,
                                                 int64_t http_status,
                                                 const char *body,
                                                 size_t body_len,
                                                 int64_t now_ms,
                                                 struct countermark_error **error);
countermark_status countermark_login_on_transport_error(struct countermark_login *login,
                                                        int32_t kind,
                                                        int32_t phase,
                                                        int64_t now_ms,
                                                        struct countermark_error **error);
countermark_status countermark_login_on_store(struct countermark_login *login,
                                              countermark_status store_status,
                                              int64_t now_ms,
                                              struct countermark_error **error);
countermark_status countermark_login_abort(struct countermark_login *login,
                                           int64_t now_ms,
                                           struct countermark_error **error);
countermark_status countermark_login_challenge(const struct countermark_login *login,
                                               struct countermark_challenge **out,
                                               struct countermark_error **error);
uint32_t countermark_login_retries(const struct countermark_login *login);
void countermark_login_free(struct countermark_login *login);
countermark_status countermark_app_link_new(const char *scheme,
                                            size_t scheme_len,
                                            const char *id_server,
                                            size_t id_server_len,
                                            struct countermark_app_link **out,
                                            struct countermark_error **error);
countermark_status countermark_app_link_authenticate(const struct countermark_app_link *link,
                                                     const char *secsign_id,
                                                     size_t secsign_id_len,
                                                     const char *auth_session_id,
                                                     size_t auth_session_id_len,
                                                     const char *return_url,
                                                     size_t return_url_len,
                                                     struct countermark_bytes **out,
                                                     struct countermark_error **error);
void countermark_app_link_free(struct countermark_app_link *link);
countermark_status countermark_safe_return_url(const char *base,
                                               size_t base_len,
                                               const char *candidate,
                                               size_t candidate_len,
                                               const char *fallback,
                                               size_t fallback_len,
                                               struct countermark_bytes **out,
                                               struct countermark_error **error);
countermark_status countermark_normalize_secsign_id(const char *secsign_id,
                                                    size_t secsign_id_len,
                                                    struct countermark_bytes **out,
                                                    struct countermark_error **error);
countermark_status countermark_login_get_outcome(struct countermark_login *login,
                                                 struct countermark_login_outcome *out,
                                                 struct countermark_error **error);
countermark_status countermark_login_require_approved(struct countermark_login *login,
                                                      struct countermark_str *secsign_id,
                                                      struct countermark_error **error);
countermark_status countermark_server_reply_parse(int32_t kind,
                                                  const char *body,
                                                  size_t body_len,
                                                  struct countermark_server_reply **out,
                                                  struct countermark_error **error);
countermark_status countermark_server_reply_read(const struct countermark_server_reply *reply,
                                                 struct countermark_server_reply_view *out,
                                                 struct countermark_error **error);
countermark_status countermark_access_pass_from_base64(const char *base64,
                                                       size_t base64_len,
                                                       struct countermark_access_pass **out,
                                                       struct countermark_error **error);
countermark_status countermark_access_pass_read(const struct countermark_access_pass *pass,
                                                struct countermark_access_pass_view *out,
                                                struct countermark_error **error);
void countermark_server_reply_free(struct countermark_server_reply *reply);
void countermark_access_pass_free(struct countermark_access_pass *pass);
countermark_status countermark_login_service_new(const struct countermark_login_config *config,
                                                 struct countermark_login_service **out,
                                                 struct countermark_error **error);
uint32_t countermark_login_service_connect_timeout_ms(const struct countermark_login_service *service);
void countermark_login_service_free(struct countermark_login_service *service);
struct countermark_auth_session *countermark_challenge_session(const struct countermark_challenge *challenge);
struct countermark_str countermark_challenge_access_pass_png(const struct countermark_challenge *challenge);
struct countermark_str countermark_challenge_access_pass_data_uri(const struct countermark_challenge *challenge);
void countermark_challenge_free(struct countermark_challenge *challenge);
struct countermark_str countermark_auth_session_secsign_id(const struct countermark_auth_session *session);
struct countermark_str countermark_auth_session_auth_session_id(const struct countermark_auth_session *session);
struct countermark_str countermark_auth_session_service_name(const struct countermark_auth_session *session);
struct countermark_str countermark_auth_session_service_address(const struct countermark_auth_session *session);
int64_t countermark_auth_session_created_at_ms(const struct countermark_auth_session *session);
void countermark_auth_session_free(struct countermark_auth_session *session);
uint32_t countermark_abi_version(void);
struct countermark_str countermark_version(void);
size_t countermark_state_table_len(void);
countermark_status countermark_state_table_row(size_t index,
                                               struct countermark_state_row *out,
                                               struct countermark_error **error);
size_t countermark_error_table_len(void);
countermark_status countermark_error_table_row(size_t index,
                                               struct countermark_error_row *out,
                                               struct countermark_error **error);
struct countermark_str countermark_bytes_view(const struct countermark_bytes *bytes);
void countermark_bytes_free(struct countermark_bytes *bytes);
countermark_status countermark_query_verifier_new(const struct countermark_query_config *config,
                                                  struct countermark_query_verifier **out,
                                                  struct countermark_error **error);
void countermark_query_verifier_free(struct countermark_query_verifier *verifier);
countermark_status countermark_query_verifier_verify(const struct countermark_query_verifier *verifier,
                                                     const char *query,
                                                     size_t query_len,
                                                     int64_t now_ms,
                                                     struct countermark_verified_query **out,
                                                     struct countermark_error **error);
countermark_status countermark_verified_query_read(const struct countermark_verified_query *query,
                                                   struct countermark_verified_query_view *out,
                                                   struct countermark_error **error);
struct countermark_str countermark_verified_query_get(const struct countermark_verified_query *query,
                                                      const char *name,
                                                      size_t name_len);
countermark_status countermark_verified_query_check_profile(const struct countermark_verified_query *query,
                                                            const char *first,
                                                            size_t first_len,
                                                            const char *last,
                                                            size_t last_len,
                                                            struct countermark_str *email,
                                                            struct countermark_error **error);
countermark_status countermark_verified_query_check_known_emails(const struct countermark_verified_query *query,
                                                                 const struct countermark_str *known,
                                                                 size_t known_len,
                                                                 struct countermark_str *email,
                                                                 struct countermark_error **error);
struct countermark_str countermark_verified_query_ambiguous_email(const struct countermark_verified_query *query,
                                                                  size_t index);
void countermark_verified_query_free(struct countermark_verified_query *query);
countermark_status countermark_query_signer_new(const struct countermark_query_config *config,
                                                struct countermark_query_signer **out,
                                                struct countermark_error **error);
countermark_status countermark_query_signer_sign(const struct countermark_query_signer *signer,
                                                 const struct countermark_pair *fields,
                                                 size_t fields_len,
                                                 const char *entropy,
                                                 size_t entropy_len,
                                                 int64_t now_ms,
                                                 struct countermark_bytes **out,
                                                 struct countermark_error **error);
void countermark_query_signer_free(struct countermark_query_signer *signer);
countermark_status countermark_replay_memory_new(int64_t capacity,
                                                 struct countermark_replay_memory **out,
                                                 struct countermark_error **error);
countermark_status countermark_replay_memory_reserve(const struct countermark_replay_memory *memory,
                                                     const char *key,
                                                     size_t key_len,
                                                     int64_t until_ms,
                                                     int64_t now_ms,
                                                     struct countermark_error **error);
countermark_status countermark_replay_memory_commit(const struct countermark_replay_memory *memory,
                                                    const char *key,
                                                    size_t key_len,
                                                    int32_t *held,
                                                    struct countermark_error **error);
countermark_status countermark_replay_memory_is_committed(const struct countermark_replay_memory *memory,
                                                          const char *key,
                                                          size_t key_len,
                                                          int32_t *committed,
                                                          struct countermark_error **error);
countermark_status countermark_replay_memory_release(const struct countermark_replay_memory *memory,
                                                     const char *key,
                                                     size_t key_len,
                                                     int32_t *held,
                                                     struct countermark_error **error);
uint32_t countermark_replay_memory_size(const struct countermark_replay_memory *memory);
void countermark_replay_memory_free(struct countermark_replay_memory *memory);
countermark_status countermark_webhook_keep_until_ms(int64_t replay_until_ms,
                                                     int64_t keep_s,
                                                     int64_t now_ms,
                                                     int64_t *until_ms,
                                                     struct countermark_error **error);
countermark_status countermark_sealer_new(const struct countermark_seal_key *keys,
                                          size_t keys_len,
                                          const char *service_name,
                                          size_t service_name_len,
                                          const char *service_address,
                                          size_t service_address_len,
                                          struct countermark_sealer **out,
                                          struct countermark_error **error);
countermark_status countermark_sealer_seal(const struct countermark_sealer *sealer,
                                           const struct countermark_auth_session *session,
                                           const char *binding,
                                           size_t binding_len,
                                           const char *entropy,
                                           size_t entropy_len,
                                           int64_t now_ms,
                                           struct countermark_bytes **out,
                                           struct countermark_error **error);
countermark_status countermark_sealer_open(const struct countermark_sealer *sealer,
                                           const char *token,
                                           size_t token_len,
                                           const char *binding,
                                           size_t binding_len,
                                           int64_t now_ms,
                                           struct countermark_auth_session **out,
                                           struct countermark_error **error);
void countermark_sealer_free(struct countermark_sealer *sealer);
countermark_status countermark_securesign_client_new(const struct countermark_securesign_config *config,
                                                     struct countermark_securesign_client **out,
                                                     struct countermark_error **error);
countermark_status countermark_securesign_deep_link(const struct countermark_securesign_client *client,
                                                    const struct countermark_securesign_request *request,
                                                    int32_t with_api_key,
                                                    struct countermark_bytes **out,
                                                    struct countermark_error **error);
countermark_status countermark_securesign_origin(const char *origin,
                                                 size_t origin_len,
                                                 const char *environment_name,
                                                 size_t environment_name_len,
                                                 struct countermark_bytes **out,
                                                 struct countermark_error **error);
struct countermark_str countermark_securesign_code_name(const char *code, size_t code_len);
struct countermark_str countermark_securesign_code_retry(const char *code, size_t code_len);
struct countermark_str countermark_securesign_pin_status_name(const char *status, size_t status_len);
int32_t countermark_securesign_pin_status_permits_signing(const char *status, size_t status_len);
countermark_status countermark_securesign_pin_session_is_open(int64_t last_use_ms,
                                                              int64_t idle_ms,
                                                              int64_t now_ms,
                                                              int32_t *open,
                                                              struct countermark_error **error);
countermark_status countermark_securesign_rate_limit_wait_ms(const int64_t *calls_ms,
                                                             size_t calls_ms_len,
                                                             int64_t rpm,
                                                             int64_t now_ms,
                                                             int64_t *wait_ms,
                                                             struct countermark_error **error);
void countermark_securesign_client_free(struct countermark_securesign_client *client);
countermark_status countermark_securesign_validate(const struct countermark_securesign_client *client,
                                                   const char *origin,
                                                   size_t origin_len,
                                                   const char *platform,
                                                   size_t platform_len,
                                                   struct countermark_securesign_call **out,
                                                   struct countermark_error **error);
countermark_status countermark_securesign_open_session(const struct countermark_securesign_client *client,
                                                       const struct countermark_securesign_request *request,
                                                       struct countermark_securesign_call **out,
                                                       struct countermark_error **error);
countermark_status countermark_securesign_call_poll(struct countermark_securesign_call *call,
                                                    int64_t now_ms,
                                                    struct countermark_step *out,
                                                    struct countermark_error **error);
countermark_status countermark_securesign_call_on_response(struct countermark_securesign_call *call,
                                                           int64_t http_status,
                                                           const char *body,
                                                           size_t body_len,
                                                           int64_t now_ms,
                                                           struct countermark_error **error);
countermark_status countermark_securesign_call_on_transport_error(struct countermark_securesign_call *call,
                                                                  int32_t kind,
                                                                  int32_t phase,
                                                                  int64_t now_ms,
                                                                  struct countermark_error **error);
countermark_status countermark_securesign_call_validation(struct countermark_securesign_call *call,
                                                          struct countermark_securesign_validation *out,
                                                          struct countermark_error **error);
countermark_status countermark_securesign_call_session(struct countermark_securesign_call *call,
                                                       struct countermark_securesign_session *out,
                                                       struct countermark_error **error);
countermark_status countermark_securesign_call_pending(struct countermark_securesign_call *call,
                                                       struct countermark_securesign_pending *out,
                                                       struct countermark_error **error);
void countermark_securesign_call_free(struct countermark_securesign_call *call);
countermark_status countermark_securesign_read_callback(const char *query,
                                                        size_t query_len,
                                                        struct countermark_securesign_hint **out,
                                                        struct countermark_error **error);
countermark_status countermark_securesign_hint_read(const struct countermark_securesign_hint *hint,
                                                    struct countermark_securesign_hint_view *out,
                                                    struct countermark_error **error);
countermark_status countermark_securesign_complete(const struct countermark_securesign_client *client,
                                                   const struct countermark_securesign_hint *hint,
                                                   const struct countermark_securesign_pending *pending,
                                                   const char *certificate_der,
                                                   size_t certificate_der_len,
                                                   int64_t now_ms,
                                                   struct countermark_securesign_result **out,
                                                   struct countermark_error **error);
countermark_status countermark_securesign_result_read(const struct countermark_securesign_result *result,
                                                      struct countermark_securesign_result_view *out,
                                                      struct countermark_error **error);
void countermark_securesign_hint_free(struct countermark_securesign_hint *hint);
void countermark_securesign_result_free(struct countermark_securesign_result *result);
countermark_status countermark_error_number(const struct countermark_error *error);
struct countermark_str countermark_error_name(const struct countermark_error *error);
struct countermark_str countermark_error_message(const struct countermark_error *error);
struct countermark_str countermark_error_detail(const struct countermark_error *error);
struct countermark_str countermark_error_public_message(const struct countermark_error *error);
struct countermark_str countermark_error_server_error(const struct countermark_error *error);
struct countermark_str countermark_error_server_code(const struct countermark_error *error);
struct countermark_str countermark_error_server_message(const struct countermark_error *error);
void countermark_error_free(struct countermark_error *error);
countermark_status countermark_webhook_verifier_new(const struct countermark_webhook_config *config,
                                                    struct countermark_webhook_verifier **out,
                                                    struct countermark_error **error);
struct countermark_str countermark_webhook_verifier_unusable_key(const struct countermark_webhook_verifier *verifier,
                                                                 size_t index);
int32_t countermark_webhook_verifier_needs_keep(const struct countermark_webhook_verifier *verifier);
countermark_status countermark_webhook_verifier_site_origin(const struct countermark_webhook_verifier *verifier,
                                                            const char *origin,
                                                            size_t origin_len,
                                                            struct countermark_bytes **out,
                                                            struct countermark_error **error);
struct countermark_str countermark_webhook_verifier_header_name(const struct countermark_webhook_verifier *verifier,
                                                                size_t index);
countermark_status countermark_webhook_verifier_verify(const struct countermark_webhook_verifier *verifier,
                                                       const struct countermark_webhook_request *request,
                                                       const char *body,
                                                       size_t body_len,
                                                       int64_t now_ms,
                                                       struct countermark_verified_webhook **out,
                                                       struct countermark_error **error);
countermark_status countermark_verified_webhook_read(const struct countermark_verified_webhook *webhook,
                                                     struct countermark_verified_webhook_view *out,
                                                     struct countermark_error **error);
void countermark_verified_webhook_free(struct countermark_verified_webhook *webhook);
void countermark_webhook_verifier_free(struct countermark_webhook_verifier *verifier);
int32_t countermark_webhook_handshake_order(const char *scheme, size_t scheme_len);
countermark_status countermark_webhook_handshake_answer(const char *scheme,
                                                        size_t scheme_len,
                                                        const char *secret,
                                                        size_t secret_len,
                                                        const struct countermark_webhook_request *request,
                                                        const char *body,
                                                        size_t body_len,
                                                        struct countermark_webhook_answer **out,
                                                        struct countermark_error **error);
countermark_status countermark_webhook_handshake_secret(const char *scheme,
                                                        size_t scheme_len,
                                                        const char *body,
                                                        size_t body_len,
                                                        struct countermark_bytes **out,
                                                        struct countermark_error **error);
uint32_t countermark_webhook_error_status(const char *scheme, size_t scheme_len, countermark_status status);
countermark_status countermark_webhook_success(const char *scheme,
                                               size_t scheme_len,
                                               struct countermark_webhook_answer **out,
                                               struct countermark_error **error);
countermark_status countermark_webhook_answer_read(const struct countermark_webhook_answer *answer,
                                                   struct countermark_webhook_answer_view *out,
                                                   struct countermark_error **error);
void countermark_webhook_answer_free(struct countermark_webhook_answer *answer);
countermark_status countermark_webhook_verifier_check_block(const struct countermark_webhook_verifier *verifier,
                                                            const char *texts,
                                                            size_t texts_len,
                                                            size_t count,
                                                            const char *body,
                                                            size_t body_len,
                                                            int64_t now_ms);
countermark_status countermark_webhook_explainer_new(const struct countermark_webhook_config *config,
                                                     struct countermark_webhook_explainer **out,
                                                     struct countermark_error **error);
countermark_status countermark_webhook_explainer_explain(const struct countermark_webhook_explainer *explainer,
                                                         const struct countermark_webhook_request *request,
                                                         const char *body,
                                                         size_t body_len,
                                                         int64_t now_ms,
                                                         struct countermark_webhook_explanation **out,
                                                         struct countermark_error **error);
countermark_status countermark_webhook_explanation_read(const struct countermark_webhook_explanation *explanation,
                                                        struct countermark_webhook_explanation_view *out,
                                                        struct countermark_error **error);
size_t countermark_webhook_cause_table_len(void);
countermark_status countermark_webhook_cause_table_row(size_t index,
                                                       struct countermark_webhook_cause_row *out,
                                                       struct countermark_error **error);
void countermark_webhook_explanation_free(struct countermark_webhook_explanation *explanation);
void countermark_webhook_explainer_free(struct countermark_webhook_explainer *explainer);
countermark_status countermark_webhook_schemes_new(struct countermark_webhook_schemes **out,
                                                   struct countermark_error **error);
size_t countermark_webhook_schemes_len(const struct countermark_webhook_schemes *schemes);
countermark_status countermark_webhook_schemes_row(const struct countermark_webhook_schemes *schemes,
                                                   size_t index,
                                                   struct countermark_webhook_scheme *out,
                                                   struct countermark_error **error);
void countermark_webhook_schemes_free(struct countermark_webhook_schemes *schemes);
countermark_status countermark_webhook_signer_new(const struct countermark_webhook_config *config,
                                                  struct countermark_webhook_signer **out,
                                                  struct countermark_error **error);
countermark_status countermark_webhook_signer_sign(const struct countermark_webhook_signer *signer,
                                                   const struct countermark_webhook_request *request,
                                                   const char *body,
                                                   size_t body_len,
                                                   const char *message_id,
                                                   size_t message_id_len,
                                                   int64_t now_ms,
                                                   struct countermark_signed_webhook **out,
                                                   struct countermark_error **error);
countermark_status countermark_signed_webhook_read(const struct countermark_signed_webhook *signed_webhook,
                                                   struct countermark_signed_webhook_view *out,
                                                   struct countermark_error **error);
void countermark_signed_webhook_free(struct countermark_signed_webhook *signed_webhook);
void countermark_webhook_signer_free(struct countermark_webhook_signer *signer);
