/* Checks of HTTP texts, ASCII whatever the locale is, and UTF-8; pointers and lengths, without Lua. */
#ifndef GR_TEXT_H
#define GR_TEXT_H

#include <stddef.h>

/* Returns the character in lower case, if it is a letter. */
static inline char gr_lower (char c) {
  return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Returns whether s, which is before 'end' and not ASCII, begins with a character of UTF-8 (RFC 3629).
** '*len' is the length of the character, or else the number of bytes to replace with one U+FFFD: the
** longest beginning of a character, as Unicode recommends. */
int gr_utf8_measure (const char *s, const char *end, size_t *len);

/* Returns the value of a hex digit, or -1. */
static inline int gr_hex (char c) {
  c = gr_lower(c);
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Returns whether two texts are equal except for case. */
int gr_equal_nocase (const char *a, size_t a_len, const char *b, size_t b_len);

/* Returns whether it is a token as in RFC 9110, such as the name of a header: at least one character, each
** of them printable and not a separator. */
int gr_is_token (const char *s, size_t len);

/* Returns whether it can be sent as the value of a header: it has no control characters, which include CR,
** LF and NUL. */
int gr_is_header_value (const char *s, size_t len);

#endif
