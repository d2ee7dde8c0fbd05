#include "text.h"

#include <string.h>

int gr_equal_nocase (const char *a, size_t a_len, const char *b, size_t b_len) {
  if (a_len != b_len) return 0;
  for (size_t i = 0; i < a_len; i++)
    if (gr_lower(a[i]) != gr_lower(b[i])) return 0;
  return 1;
}

int gr_utf8_measure (const char *s, const char *end, size_t *len) {
  const unsigned char *p = (const unsigned char *)s;
  size_t room = (size_t)(end - s), need = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
  unsigned char low = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
  unsigned char high = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
  *len = 1;
  if (p[0] < 0xC2 || p[0] > 0xF4 || room < 2 || p[1] < low || p[1] > high) return 0;
  while (*len < need && *len < room && (p[*len] & 0xC0) == 0x80) ++*len;
  return *len == need;
}

int gr_is_token (const char *s, size_t len) {
  static const char separators[] = "()<>@,;:\\\"/[]?={}";
  for (size_t i = 0; i < len; i++)
    if (s[i] <= ' ' || s[i] >= 0x7f || memchr(separators, s[i], sizeof separators - 1) != NULL) return 0;
  return len > 0;
}

int gr_is_header_value (const char *s, size_t len) {
  for (size_t i = 0; i < len; i++)
    if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f) return 0;
  return 1;
}
