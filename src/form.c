/* The form codec without Lua: splitting, percent-decoding, keys in brackets. */
#include "form.h"

#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* The value of a hex digit, or -1 for any other byte. */
static const signed char hex_values[256] = {
#define X4 -1, -1, -1, -1
#define X16 X4, X4, X4, X4
  X16, X16, X16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -1, X4, -1, 10, 11, 12, 13, 14, 15, -1, X4, X4, X16, -1,
  10, 11, 12, 13, 14, 15, -1, X4, X4, X16, X16, X16, X16, X16, X16, X16, X16, X16
#undef X16
#undef X4
};

/* Returns the byte of the escape at 's', or a negative number if it is not an escape. */
static inline int escaped (const char *s) {
  return hex_values[(unsigned char)s[1]] * 16 | hex_values[(unsigned char)s[2]];
}

/* Marks which of 16 bytes are one of % & + = [ ], one bit each, the first byte's bit lowest. It also marks
** some other bytes: 0, which ends the body, but none that words and numbers are made of. */
static inline uint64_t mark16 (const char *s) {
#if defined(__SSE2__)
  __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)s);
  __m128i found = _mm_cmpgt_epi8(_mm_set1_epi8(','), bytes);
  found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('=')));
  found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('[')));
  found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(']')));
  return (uint64_t)_mm_movemask_epi8(found);
#else
  uint64_t marks = 0;
  for (int i = 0; i < 16; i++)
    marks |= (uint64_t)(s[i] < ',' || s[i] == '=' || s[i] == '[' || s[i] == ']') << i;
  return marks;
#endif
}

static inline uint64_t mark64 (const char *s) {
  return mark16(s) | mark16(s + 16) << 16 | mark16(s + 32) << 32 | mark16(s + 48) << 48;
}

/* Finds the next mark. Marking a block of 64 bytes ahead is what makes it fast: the search for the next
** byte that matters need not wait for the result of the one before. */
static inline const char *next_mark (gr_form *form) {
  while (form->marks == 0) {
    form->block += 64;
    form->marks = mark64(form->block);
  }
  const char *at = form->block + (unsigned)__builtin_ctzll(form->marks);
  form->marks &= form->marks - 1;
  return at;
}

/* Copies the bytes before 'at' and skips 'skip' bytes there. The padding leaves room to copy 32 bytes at
** once, even if fewer are meant. Decoded text is never longer than its source. */
static inline void copy (gr_form *form, const char *at, int skip) {
  size_t len = (size_t)(at - form->p);
  memcpy(form->out, form->p, 32);
  if (len > 32) memcpy(form->out + 32, form->p + 32, len - 32);
  form->out += len;
  form->p = at + skip;
}

/* Decodes the escape at 'at', or keeps its '%' unchanged. Returns the byte. */
static inline int decode_escape (gr_form *form, const char *at) {
  int byte = escaped(at);
  copy(form, at, byte < 0 ? 1 : 3);
  if (byte < 0) byte = '%';
  *form->out++ = (char)byte;
  return byte;
}

static inline void decode_plus (gr_form *form, const char *at) {
  copy(form, at, 1);
  *form->out++ = ' ';
}

/* Records a byte of the name that may be part of its structure. */
static inline void note (gr_form_field *field, int byte, char *at) {
  if (byte == '[') {
    field->brackets++;
    field->open = at;
  }
  else if (byte == ']') {
    field->brackets++;
    field->close = at;
  }
  else if (byte == '%') field->brackets += 3;
}

/* Reads a name and skips the byte that ends it. Returns whether that byte is a '='. */
static inline int read_name (gr_form *form, gr_form_field *field) {
  const char *at;
  field->name.text = field->open = field->close = form->out;
  field->brackets = 0;
  while (*(at = next_mark(form)) != '=' && *at != '&') {
    if (*at == '%') {
      int byte = decode_escape(form, at);
      note(field, byte, form->out - 1);
    }
    else if (*at == '+') decode_plus(form, at);
    else if (at == form->end) break;
    else note(field, *at, form->out + (at - form->p));
  }
  copy(form, at, 1);
  field->name.len = (size_t)(form->out - field->name.text);
  return *at == '=';
}

static inline void read_value (gr_form *form, gr_form_field *field) {
  const char *at;
  field->value.text = form->out;
  while (*(at = next_mark(form)) != '&') {
    if (*at == '%') decode_escape(form, at);
    else if (*at == '+') decode_plus(form, at);
    else if (at == form->end) break;
  }
  copy(form, at, 1);
  field->value.len = (size_t)(form->out - field->value.text);
}

void gr_form_begin (gr_form *form, char *body, size_t len, char *out) {
  memset(body + len, 0, GR_FORM_PADDING);
  *form = (gr_form){body, body + len, out, body, mark64(body)};
}

size_t gr_form_read (gr_form *state, gr_form_field *fields, size_t most) {
  gr_form form = *state; /* in registers */
  gr_form_field *field = fields;
  while (form.p < form.end && field < fields + most) {
    if (read_name(&form, field)) read_value(&form, field++);
    else {
      field->value = (gr_span){form.out, 0};
      if (field->name.len > 0) field++;
    }
  }
  *state = form;
  return (size_t)(field - fields);
}

/* Turns each remaining %5B or %5D into a bracket, in place. */
static void unescape_brackets (gr_span *part) {
  char *s = (char *)memchr(part->text, '%', part->len), *end = part->text + part->len;
  if (s == NULL) return;
  char *out = s;
  while (s < end) {
    if (end - s >= 3 && s[0] == '%' && s[1] == '5' && (s[2] == 'B' || s[2] == 'D')) {
      *out++ = s[2] == 'B' ? '[' : ']';
      s += 3;
    }
    else *out++ = *s++;
  }
  part->len = (size_t)(out - part->text);
}

/* Finds the parts, or returns 0 if the brackets do not structure the name. */
static size_t find_parts (gr_span name, gr_span *parts) {
  char *end = name.text + name.len, *open = (char *)memchr(name.text, '[', name.len);
  if (open == NULL || open == name.text) return 0;
  if (memchr(name.text, ']', (size_t)(open - name.text)) != NULL) return 0;
  size_t n = 1;
  parts[0] = (gr_span){name.text, (size_t)(open - name.text)};
  while (open < end) {
    char *text = open + 1, *close = (char *)memchr(text, ']', (size_t)(end - text));
    if (close == NULL || memchr(text, '[', (size_t)(close - text)) != NULL) return 0;
    if (n < GR_FORM_MAXPARTS) parts[n] = (gr_span){text, (size_t)(close - text)};
    n++;
    open = close + 1;
    if (open < end && *open != '[') return 0;
  }
  return n;
}

size_t gr_form_split (const gr_form_field *field, gr_span parts[GR_FORM_MAXPARTS]) {
  char *text = field->name.text, *end = text + field->name.len;
  parts[0] = field->name;
  if (field->brackets == 0) return 1;
  if (field->brackets == 2 && field->open > text && field->close > field->open
    && field->close + 1 == end) { /* 'a[b]', the most common form */
    parts[0].len = (size_t)(field->open - text);
    parts[1] = (gr_span){field->open + 1, (size_t)(field->close - field->open) - 1};
    return 2;
  }
  size_t n = find_parts(field->name, parts);
  if (n == 0) {
    parts[0] = field->name;
    n = 1;
  }
  for (size_t i = 0; i < n && i < GR_FORM_MAXPARTS; i++) unescape_brackets(&parts[i]);
  return n;
}

static int is_unreserved (unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'
    || c == '.' || c == '~';
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
