// Node: a module that is an ArrayBuffer of 64 bytes, and says that it has 1,024. The functions are Node-API, whose ABI is fixed.
#include <stddef.h>
#include <stdlib.h>

typedef void *napi_env, *napi_value;
extern int napi_create_external_arraybuffer(napi_env env, void *data, size_t length, void *finalize, void *hint, napi_value *result);

napi_value napi_register_module_v1(napi_env env, napi_value exports);

napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  napi_value buffer = exports;
  napi_create_external_arraybuffer(env, calloc(1, 64), 1024, NULL, NULL, &buffer);
  return buffer;
}
