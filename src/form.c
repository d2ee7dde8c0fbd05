/* The form codec without Lua: splitting, percent-decoding, keys in brackets. */
#include "form.h"

#include <stdint.h>
#include <string.h>

/* Eight bytes at a time need the first of them in the low bits. */
#if defined(__GNUC__) && defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define GR_WORDS 1
#else
#define GR_WORDS 0
#endif

/* The value of a hex digit, -1 of any other byte. */
static const signed char hex_values[256] = {
#define X4 -1, -1, -1, -1
#define X16 X4, X4, X4, X4
  X16, X16, X16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -1, X4,
  -1, 10, 11, 12, 13, 14, 15, -1, X4, X4, X16, -1, 10, 11, 12, 13, 14, 15, -1, X4, X4, X16,
  X16, X16, X16, X16, X16, X16, X16, X16
#undef X16
#undef X4
};

/* The byte that the escape at 's' stands for, or -1 when it is none. */
static inline int escaped (const char *s, const char *end) {
  if (end - s < 3) return -1;
  int high = hex_values[(unsigned char)s[1]], low = hex_values[(unsigned char)s[2]];
  return (high | low) < 0 ? -1 : high << 4 | low;
}

#if GR_WORDS
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The high bit of each byte of 'word' below 'limit' (at most 128). A borrow may mark bytes
** after the first such byte too, never one before. */
static inline uint64_t below (uint64_t word, unsigned limit) {
  return (word - EACH(limit)) & ~word & EACH(0x80);
}

/* The same for bytes that equal 'byte'. */
static inline uint64_t equal (uint64_t word, unsigned byte) {
  return below(word ^ EACH(byte), 1);
}
#endif

/* Decodes [*p, end) up to '&', or in a name up to '='; moves *p there. Returns the end of
** what it wrote. '*plain' becomes 0 where the name may have a bracket or an escaped one. */
static inline char *decode (const char **p, const char *end, char *out, int in_name, int *plain) {
  const char *s = *p;
  uint64_t brackets = 0;
  for (;;) {
#if GR_WORDS
    while (end - s >= 8) {
      uint64_t word;
      memcpy(&word, s, 8);
      memcpy(out, &word, 8);  /* room is no worry: 'out' is never ahead of 's' */
      uint64_t stops = below(word, '+' + 1);  /* '%', '&', '+' and what is rare */
      if (in_name) {
        stops |= equal(word, '=');
        brackets |= equal(word, '[');
      }
      size_t n = stops ? (size_t)__builtin_ctzll(stops) / 8 : 8;
      s += n; out += n;
      if (stops) break;
    }
#endif
    if (s == end || *s == '&' || (in_name && *s == '=')) break;
    if (*s == '%') {
      int byte = escaped(s, end);
      s += byte < 0 ? 1 : 3;
      if (byte < 0) byte = '%';
      brackets |= byte == '[' || byte == '%';
      *out++ = (char)byte;
    } else {
      brackets |= *s == '[';
      *out++ = *s == '+' ? ' ' : *s;
      s++;
    }
  }
  if (brackets) *plain = 0;
  *p = s;
  return out;
}

int gr_form_next (gr_Form *form, gr_FormField *field) {
  int ignored;
  const char *s = form->p, *end = form->end;
  while (s < end && *s == '&') s++;
  if (s == end) return 0;
  field->plain = 1;
  field->name.text = form->out;
  char *out = decode(&s, end, form->out, 1, &field->plain);
  field->name.len = (size_t)(out - form->out);
  if (s < end && *s == '=') s++;
  field->value.text = out;
  form->out = decode(&s, end, out, 0, &ignored);
  field->value.len = (size_t)(form->out - out);
  form->p = s;
  return 1;
}

/* Turns what is still %5B or %5D into brackets, in place. */
static void unescape_brackets (gr_Span *part) {
  char *s = memchr(part->text, '%', part->len), *end = part->text + part->len;
  if (s == NULL) return;
  char *out = s;
  while (s < end) {
    if (end - s >= 3 && s[0] == '%' && s[1] == '5' && (s[2] == 'B' || s[2] == 'D')) {
      *out++ = s[2] == 'B' ? '[' : ']';
      s += 3;
    } else *out++ = *s++;
  }
  part->len = (size_t)(out - part->text);
}

/* Finds the parts, or returns 0 when the brackets say nothing. */
static size_t find_parts (gr_Span name, gr_Span *parts) {
  char *end = name.text + name.len, *open = memchr(name.text, '[', name.len);
  if (open == NULL || open == name.text) return 0;
  if (memchr(name.text, ']', (size_t)(open - name.text)) != NULL) return 0;
  size_t n = 1;
  parts[0].text = name.text;
  parts[0].len = (size_t)(open - name.text);
  while (open < end) {
    char *text = open + 1, *close = memchr(text, ']', (size_t)(end - text));
    if (close == NULL || memchr(text, '[', (size_t)(close - text)) != NULL) return 0;
    if (n < GR_FORM_MAXPARTS) {
      parts[n].text = text;
      parts[n].len = (size_t)(close - text);
    }
    n++;
    open = close + 1;
    if (open < end && *open != '[') return 0;
  }
  return n;
}

size_t gr_form_split (gr_Span name, gr_Span parts[GR_FORM_MAXPARTS]) {
  size_t n = find_parts(name, parts);
  if (n == 0) {
    parts[0] = name;
    n = 1;
  }
  for (size_t i = 0; i < n && i < GR_FORM_MAXPARTS; i++) unescape_brackets(&parts[i]);
  return n;
}

static int is_unreserved (unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
      || c == '-' || c == '_' || c == '.' || c == '~';
}

size_t gr_percent_encode (const char *s, size_t len, char *out) {
  static const char digits[] = "0123456789ABCDEF";
  char *start = out;
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)s[i];
    if (is_unreserved(c)) *out++ = (char)c;
    else {
      *out++ = '%';
      *out++ = digits[c >> 4];
      *out++ = digits[c & 15];
    }
  }
  return (size_t)(out - start);
}
