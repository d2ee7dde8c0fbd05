#include "text.h"

#include <string.h>

int gr_equal_nocase (const char *a, size_t a_len, const char *b, size_t b_len) {
  if (a_len != b_len) return 0;
  for (size_t i = 0; i < a_len; i++)
    if (gr_lower(a[i]) != gr_lower(b[i])) return 0;
  return 1;
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
