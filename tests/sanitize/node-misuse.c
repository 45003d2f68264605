// Node: a module whose functions misuse the addon. Those of Node-API are declared here, as its ABI is fixed.
#include <stddef.h>
#include <stdlib.h>

typedef void *napi_env, *napi_value, *napi_info;
typedef napi_value (*napi_callback)(napi_env env, napi_info info);
extern int napi_create_external_arraybuffer(napi_env env, void *data, size_t length, void *finalize, void *hint, napi_value *result);
extern int napi_create_function(napi_env env, const char *name, size_t length, napi_callback call, void *data, napi_value *result);
extern int napi_get_cb_info(napi_env env, napi_info info, size_t *count, napi_value *arguments, napi_value *self, void **data);
extern int napi_remove_wrap(napi_env env, napi_value object, void **result);
extern int napi_set_named_property(napi_env env, napi_value object, const char *name, napi_value value);

napi_value napi_register_module_v1(napi_env env, napi_value exports);

// An ArrayBuffer of 64 bytes that says it has 1,024.
static napi_value overlong(napi_env env, napi_info info) {
  napi_value buffer = NULL;
  (void)info;
  napi_create_external_arraybuffer(env, calloc(1, 64), 1024, NULL, NULL, &buffer);
  return buffer;
}

// Takes from an object what the addon keeps for it, and frees nothing.
static napi_value forget(napi_env env, napi_info info) {
  napi_value object = NULL;
  size_t count = 1;
  void *lost;
  if (napi_get_cb_info(env, info, &count, &object, NULL, NULL) != 0 || napi_remove_wrap(env, object, &lost) != 0) abort();
  return NULL;
}

napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  napi_value function;
  if (napi_create_function(env, "overlong", 8, overlong, NULL, &function) == 0) napi_set_named_property(env, exports, "overlong", function);
  if (napi_create_function(env, "forget", 6, forget, NULL, &function) == 0) napi_set_named_property(env, exports, "forget", function);
  return exports;
}
