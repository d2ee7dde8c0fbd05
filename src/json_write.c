#include "json_write.h"

#include "number.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

static const char HEX[] = "0123456789abcdef";

static int is_plain (unsigned char c) {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

/* Writes the escape of an ASCII character that is not plain to 'escape', which has room for six bytes.
** Returns the length. */
static size_t escaped (unsigned char c, char *escape) {
  static const char named[] = "\"\"\\\\\bb\tt\nn\ff\rr";
  for (size_t i = 0; i + 1 < sizeof named; i += 2) {
    if (c != (unsigned char)named[i]) continue;
    escape[0] = '\\';
    escape[1] = named[i + 1];
    return 2;
  }
  memcpy(escape, "\\u00", 4);
  escape[4] = HEX[c >> 4];
  escape[5] = HEX[c & 15];
  return 6;
}

int gr_json_write_text (gr_buffer *out, const gr_memory *memory, const char *s, size_t len) {
  const char *end = s + len;
  if (!gr_buffer_reserve(out, memory, len + 2)) return 0; /* enough for most texts */
  out->data[out->len++] = '"';
  while (s < end) {
    const char *from = s;
    while (s < end && is_plain((unsigned char)*s)) s++;
    if (!gr_buffer_append(out, memory, from, (size_t)(s - from))) return 0;
    if (s == end) break;
    char escape[6];
    const char *bytes = escape;
    size_t taken = 1, count;
    if ((unsigned char)*s < 0x80) count = escaped((unsigned char)*s, escape);
    else if (gr_utf8_measure(s, end, &taken)) bytes = s, count = taken;
    else bytes = REPLACEMENT, count = sizeof REPLACEMENT - 1;
    if (!gr_buffer_append(out, memory, bytes, count)) return 0;
    s += taken;
  }
  return gr_buffer_append(out, memory, "\"", 1);
}

int gr_json_write_integer (gr_buffer *out, const gr_memory *memory, int64_t integer) {
  char digits[24], *first = digits + sizeof digits;
  uint64_t rest = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
  do *--first = (char)('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (integer < 0) *--first = '-';
  return gr_buffer_append(out, memory, first, (size_t)(digits + sizeof digits - first));
}

int gr_json_write_number (gr_buffer *out, const gr_memory *memory, double number) {
  char text[GR_NUMBER_SIZE];
  if (!isfinite(number)) return gr_buffer_append(out, memory, "null", 4);
  if (fabs(number) < 1e15 && number != 0) { /* most are whole, and snprintf takes its time */
    int64_t whole = (int64_t)number;
    if ((double)whole == number) return gr_json_write_integer(out, memory, whole);
  }
  return gr_buffer_append(out, memory, text, gr_number_write(number, text));
}

int gr_json_write_indent (gr_buffer *out, const gr_memory *memory, int level) {
  size_t blanks = 2 * (size_t)level;
  if (!gr_buffer_reserve(out, memory, blanks + 1)) return 0;
  out->data[out->len] = '\n';
  memset(out->data + out->len + 1, ' ', blanks);
  out->len += blanks + 1;
  return 1;
}

int gr_csv_write_cell (gr_buffer *out, const gr_memory *memory, const char *s, size_t len, int guarded) {
  int guard = guarded && len > 0 && memchr("=+-@\t\r", s[0], 6) != NULL, quoted = 0;
  for (size_t i = 0; i < len && !quoted; i++)
    quoted = s[i] == '"' || s[i] == ',' || s[i] == '\r' || s[i] == '\n';
  if (quoted && !gr_buffer_append(out, memory, "\"", 1)) return 0;
  if (guard && !gr_buffer_append(out, memory, "'", 1)) return 0;
  if (!quoted) return gr_buffer_append(out, memory, s, len);
  for (const char *end = s + len; s < end;) {
    const char *quote = (const char *)memchr(s, '"', (size_t)(end - s)),
               *to = quote != NULL ? quote + 1 : end;
    if (!gr_buffer_append(out, memory, s, (size_t)(to - s))) return 0;
    if (quote != NULL && !gr_buffer_append(out, memory, "\"", 1)) return 0;
    s = to;
  }
  return gr_buffer_append(out, memory, "\"", 1);
}
