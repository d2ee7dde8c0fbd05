/* The form codec without Lua: splitting, percent-decoding, keys in brackets. */
#include "form.h"

#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
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
  return high * 16 | low;  /* negative where either is */
}

/* Which of 16 bytes are one of % & + = [ ], a bit each, the first one's lowest.
** Others may be marked, too, but none that words and numbers are made of. */
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

/* Copies [s, to). Before 'wide' it may copy more: 32 bytes are left there, and there is as
** much room at 'out' as from 's' on, as what is decoded is never longer. */
static inline char *copy (char *out, const char *s, const char *to, const char *wide) {
  size_t len = (size_t)(to - s);
  if (to < wide && len <= 32) memcpy(out, s, 32);
  else memcpy(out, s, len);
  return out + len;
}

/* Takes note of a byte of the name that may give it its structure. */
static inline void note (gr_FormField *field, int byte, char *at) {
  if (byte == '[') { field->brackets++; field->open = at; }
  else if (byte == ']') { field->brackets++; field->close = at; }
  else if (byte == '%') field->brackets += 3;
}

static inline void begin_name (gr_FormField *field, char *out) {
  field->name.text = field->open = field->close = out;
  field->brackets = 0;
}

static inline void end_name (gr_FormField *field, char *out) {
  field->name.len = (size_t)(out - field->name.text);
  field->value.text = out;
}

/* Passes over blocks of 64 bytes. To mark a block ahead is what makes it fast: the search for
** the next byte that matters need not wait for what the one before it led to. */
size_t gr_form_read (gr_Form *form, gr_FormField *fields, size_t most) {
  const char *s = form->p, *end = form->end, *block = s;  /* s: what is not copied yet */
  const char *wide = end - s >= 32 ? end - 31 : s;
  char *out = form->out;
  gr_FormField *field = fields;
  int in_name = 1;
  if (s == end) return 0;
  begin_name(field, out);
  while (block < end) {
    char last[64];
    size_t left = (size_t)(end - block);
    uint64_t marks;
    if (left >= 64) marks = mark64(block);
    else {
      memset(last, 0, sizeof last);
      memcpy(last, block, left);
      marks = mark64(last) & ((UINT64_C(1) << left) - 1);
    }
    for (; marks != 0; marks &= marks - 1) {
      const char *at = block + __builtin_ctzll(marks);
      if (*at == '%') {
        int byte = escaped(at, end);
        out = copy(out, s, at, wide);
        s = at + (byte < 0 ? 1 : 3);
        if (byte < 0) byte = '%';
        if (in_name) note(field, byte, out);
        *out++ = (char)byte;
      } else if (*at == '&') {
        out = copy(out, s, at, wide);
        s = at + 1;
        if (in_name) {
          end_name(field, out);
          if (field->name.len == 0) continue;
        }
        field->value.len = (size_t)(out - field->value.text);
        in_name = 1;
        if (++field == fields + most) goto full;
        begin_name(field, out);
      } else if (*at == '=' && in_name) {
        out = copy(out, s, at, wide);
        s = at + 1;
        end_name(field, out);
        in_name = 0;
      } else if (*at == '+') {
        out = copy(out, s, at, wide);
        s = at + 1;
        *out++ = ' ';
      } else if (in_name) note(field, *at, out + (at - s));
    }
    block += left < 64 ? left : 64;
  }
  while (s < end) *out++ = *s++;
  if (in_name) end_name(field, out);
  field->value.len = (size_t)(out - field->value.text);
  if (!in_name || field->name.len > 0) field++;
full:
  form->p = s;
  form->out = out;
  return (size_t)(field - fields);
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
  parts[0] = (gr_Span){name.text, (size_t)(open - name.text)};
  while (open < end) {
    char *text = open + 1, *close = memchr(text, ']', (size_t)(end - text));
    if (close == NULL || memchr(text, '[', (size_t)(close - text)) != NULL) return 0;
    if (n < GR_FORM_MAXPARTS) parts[n] = (gr_Span){text, (size_t)(close - text)};
    n++;
    open = close + 1;
    if (open < end && *open != '[') return 0;
  }
  return n;
}

size_t gr_form_split (const gr_FormField *field, gr_Span parts[GR_FORM_MAXPARTS]) {
  char *text = field->name.text, *end = text + field->name.len;
  parts[0] = field->name;
  if (field->brackets == 0) return 1;
  if (field->brackets == 2 && field->open > text && field->close > field->open
      && field->close + 1 == end) {  /* 'a[b]', as nearly always */
    parts[0].len = (size_t)(field->open - text);
    parts[1] = (gr_Span){field->open + 1, (size_t)(field->close - field->open) - 1};
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
