/* What HTTP says of its texts, ASCII whatever the locale is, and UTF-8; pointer and length, without Lua. */
#ifndef GR_TEXT_H
#define GR_TEXT_H

#include <stddef.h>

/* In lower case, if it is a letter. */
static inline char gr_lower (char c) {
  return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Whether s, which is before 'end' and no ASCII, begins with a character of UTF-8 (RFC 3629). '*len' is its length;
** otherwise how many bytes one U+FFFD replaces: the longest beginning of a character, as Unicode recommends. */
int gr_utf8_measure (const char *s, const char *end, size_t *len);

/* The value of a hex digit, or -1. */
static inline int gr_hex (char c) {
  c = gr_lower(c);
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Whether two texts are equal but for upper and lower case. */
int gr_equal_nocase (const char *a, size_t a_len, const char *b, size_t b_len);

/* Whether it is a token as of RFC 9110, such as the name of a header: at least one character, each
** of them printable and no separator. */
int gr_is_token (const char *s, size_t len);

/* Whether it can be sent as the value of a header: it has no control characters, CR, LF and NUL
** among them. */
int gr_is_header_value (const char *s, size_t len);

#endif
