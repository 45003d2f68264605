// Reading requests and writing results.

#include "adapter.h"
#include <string.h>

RELEASE(bytes)

json_t *field(json_t *object, const char *name) {
  json_t *value = json_object_get(object, name);
  return json_is_null(value) ? NULL : value;
}

countermark_str text_of(json_t *value) {
  if (!json_is_string(value)) bad_request();
  return (countermark_str){json_string_value(value), json_string_length(value)};
}

countermark_str text_opt(json_t *object, const char *name) {
  json_t *value = field(object, name);
  return value ? text_of(value) : (countermark_str){NULL, 0};
}

countermark_str text(json_t *object, const char *name) {
  return text_of(field(object, name));
}

int is(countermark_str text, const char *expected) {
  return text.len == strlen(expected) && memcmp(text.ptr, expected, text.len) == 0;
}

int64_t integer_or(json_t *object, const char *name, int64_t absent) {
  json_t *value = field(object, name);
  if (!value) return absent;
  if (!json_is_integer(value)) bad_request();
  return json_integer_value(value);
}

int64_t integer(json_t *object, const char *name) {
  if (!field(object, name)) bad_request();
  return integer_or(object, name, 0);
}

int64_t number_or(json_t *object, const char *name, int64_t absent) {
  if (!field(object, name)) return absent;
  int64_t value = integer(object, name);
  if (value < 0 || value > UINT32_MAX) bad_request();
  return value;
}

int32_t flag_or(json_t *object, const char *name, int32_t absent) {
  json_t *value = field(object, name);
  if (!value) return absent;
  if (!json_is_boolean(value)) bad_request();
  return json_is_true(value);
}

json_t *list(json_t *object, const char *name) {
  json_t *value = field(object, name);
  if (value && !json_is_array(value)) bad_request();
  return value;
}

json_t *object_opt(json_t *object, const char *name) {
  json_t *value = field(object, name);
  if (value && !json_is_object(value)) bad_request();
  return value;
}

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

countermark_str bytes(json_t *object, const char *name) {
  countermark_str in = text(object, name);
  unsigned char *out = memory(in.len / 4 * 3);
  size_t len = 0;
  if (in.len % 4 != 0) bad_request();
  for (size_t at = 0; at < in.len; at += 4) {
    size_t padding = at + 4 < in.len || in.ptr[at + 3] != '=' ? 0 : in.ptr[at + 2] == '=' ? 2 : 1;
    uint32_t group = 0;
    for (size_t i = 0; i < 4; i++) {
      const char *digit = i >= 4 - padding ? DIGITS : memchr(DIGITS, in.ptr[at + i], 64);
      if (!digit) bad_request();
      group = group << 6 | (uint32_t)(digit - DIGITS);
    }
    for (size_t i = 0; i < 3 - padding; i++) out[len++] = (unsigned char)(group >> (16 - 8 * i));
  }
  return (countermark_str){(char *)out, len};
}

json_t *base64(countermark_str in) {
  char *out = memory((in.len + 2) / 3 * 4);
  size_t len = 0;
  for (size_t at = 0; at < in.len; at += 3) {
    size_t left = in.len - at;
    uint32_t group = 0;
    for (size_t i = 0; i < 3; i++) group = group << 8 | (i < left ? (unsigned char)in.ptr[at + i] : 0);
    for (size_t i = 0; i < 4; i++) out[len++] = i > left ? '=' : DIGITS[group >> (18 - 6 * i) & 63];
  }
  return json_stringn(out, len);
}

json_t *string(countermark_str text) {
  json_t *value = json_stringn(text.ptr, text.len);
  if (!value) bad_request();
  return value;
}

void put(json_t *object, const char *name, countermark_str text) {
  if (text.ptr) json_object_set_new(object, name, string(text));
}

json_t *strings(const countermark_str *texts, size_t len) {
  json_t *array = json_array();
  for (size_t i = 0; i < len; i++) json_array_append_new(array, string(texts[i]));
  return array;
}

json_t *pairs(const countermark_pair *pairs, size_t len) {
  json_t *array = json_array();
  for (size_t i = 0; i < len; i++) json_array_append_new(array, json_pack("[o, o]", string(pairs[i].name), string(pairs[i].value)));
  return array;
}

json_t *made(countermark_bytes *bytes, const char *name) {
  keep(release_bytes, bytes);
  return json_pack("{s:o}", name, string(countermark_bytes_view(bytes)));
}
