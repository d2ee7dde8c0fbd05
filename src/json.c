/* Reads JSON for what has to be cut out of it, and done in its place. */
#include "json.h"

#include <string.h>

typedef struct gr_reader {
  const char *end;
  const char *uncopied; /* what is to be copied begins here, unless it is cut out */
  char *out;
  gr_json_edit *edits;
  size_t room, count;   /* count may be more */
  int depth;
} gr_reader;

/* What a value is. */
typedef enum gr_value_kind { OTHER, NUMBER, WHOLE, NOTHING } gr_value_kind;

static inline int is_space (char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline const char *skip_space (const gr_reader *r, const char *p) {
  while (p < r->end && is_space(*p)) p++;
  return p;
}

static inline int is_next (const gr_reader *r, const char *p, char c) {
  return p < r->end && *p == c;
}

/* Leaves what is from 'from' to 'to' out of the copy. */
static void cut (gr_reader *r, const char *from, const char *to) {
  size_t len = (size_t)(from - r->uncopied);
  memcpy(r->out, r->uncopied, len);
  r->out += len;
  r->uncopied = to;
}

static void add_edit (gr_reader *r, gr_json_kind kind, const char *name, size_t len, int64_t integer) {
  if (r->count < r->room) {
    gr_json_edit *edit = &r->edits[r->count];
    edit->kind = kind;
    edit->name = name;
    edit->len = len;
    edit->integer = integer;
  }
  r->count++;
}

/* The functions that read take where they begin and return where they ended, or NULL for what is
** no JSON. */

static const char *read_string (const gr_reader *r, const char *p) {
  const char *start = ++p;
  for (;;) {
    p = (const char *)memchr(p, '"', (size_t)(r->end - p));
    if (p == NULL) return NULL;
    const char *s = p++;
    while (s > start && s[-1] == '\\') s--;
    if ((p - s) % 2 == 1) return p;
  }
}

/* Whether a name is written as it is. */
static inline int is_plain (const char *name, size_t len) {
  return memchr(name, '\\', len) == NULL;
}

/* Whether [s, end) is a whole number that fits an int64_t. */
static int is_whole (const char *s, const char *end, int64_t *integer) {
  int negative = *s == '-';
  uint64_t n = 0, most = (uint64_t)INT64_MAX + (uint64_t)negative;
  s += negative;
  if (s == end || (*s == '0' && end - s > 1)) return 0;
  for (; s < end; s++) {
    unsigned digit = (unsigned)(*s - '0');
    if (digit > 9 || n > (most - digit) / 10) return 0;
    n = n * 10 + digit;
  }
  *integer = negative ? (int64_t)(0 - n) : (int64_t)n;
  return 1;
}

static inline int is_word (const gr_reader *r, const char *p, const char *word, size_t len) {
  return (size_t)(r->end - p) >= len && memcmp(p, word, len) == 0;
}

static inline const char *read_number (const gr_reader *r, const char *p, gr_value_kind *kind, int64_t *integer) {
  const char *start = p;
  while (p < r->end && ((*p >= '0' && *p <= '9') || *p == '-' || *p == '.' || *p == '+' || (*p | 32) == 'e')) p++;
  if (p == start) return NULL;
  *kind = is_whole(start, p, integer) ? WHOLE : NUMBER;
  return p;
}

static inline const char *read_scalar (const gr_reader *r, const char *p, gr_value_kind *kind, int64_t *integer) {
  *kind = OTHER;
  if (is_next(r, p, '"')) return read_string(r, p);
  if (is_word(r, p, "false", 5)) return p + 5;
  if (is_word(r, p, "true", 4)) return p + 4;
  if (!is_word(r, p, "null", 4)) return read_number(r, p, kind, integer);
  *kind = NOTHING;
  return p + 4;
}

static const char *read_object (gr_reader *r, const char *p);
static const char *read_array (gr_reader *r, const char *p);

static inline int is_nested (const gr_reader *r, const char *p) {
  return p < r->end && (*p == '{' || *p == '[');
}

/* An object or array that is a member or an item: what is to be done in it, if there is anything. */
static const char *read_nested (gr_reader *r, const char *p, gr_json_kind kind, const char *name, size_t len, int64_t item) {
  size_t before = r->count;
  add_edit(r, kind, name, len, item);
  p = *p == '{' ? read_object(r, p) : read_array(r, p);
  if (r->count == before + 1) r->count = before;
  else add_edit(r, GR_JSON_LEAVE, NULL, 0, 0);
  return p;
}

/* The first member or item that is kept loses the comma 'before' it. */
static inline void keep (gr_reader *r, const char *before, int *kept) {
  if (!*kept && *before == ',') cut(r, before, before + 1);
  *kept = 1;
}

static inline const char *read_member (gr_reader *r, const char *p, const char *before, int *kept) {
  int64_t integer = 0;
  gr_value_kind kind;
  if (!is_next(r, p, '"')) return NULL;
  const char *name = p + 1;
  p = read_string(r, p);
  if (p == NULL) return NULL;
  size_t len = (size_t)(p - 1 - name);
  p = skip_space(r, p);
  if (!is_next(r, p, ':')) return NULL;
  p = skip_space(r, p + 1);
  if (is_nested(r, p)) {
    keep(r, before, kept);
    return read_nested(r, p, GR_JSON_MEMBER, name, len, 0);
  }
  p = read_scalar(r, p, &kind, &integer);
  if (p == NULL) return NULL;
  if ((kind == WHOLE || kind == NOTHING) && is_plain(name, len)) {
    if (kind == WHOLE) add_edit(r, GR_JSON_SET, name, len, integer);
    cut(r, before, p);
  }
  else {
    keep(r, before, kept);
    if (kind > OTHER) add_edit(r, GR_JSON_MEND, name, len, 0);
  }
  return p;
}

static const char *read_close (gr_reader *r, const char *p, char close) {
  if (!is_next(r, p, close)) return NULL;
  r->depth--;
  return p + 1;
}

static const char *read_object (gr_reader *r, const char *p) {
  int kept = 0;
  if (++r->depth > GR_JSON_MAXDEPTH) return NULL;
  p = skip_space(r, p + 1);
  if (is_next(r, p, '}')) return read_close(r, p, '}');
  const char *before = p;
  for (;;) {
    p = read_member(r, p, before, &kept);
    if (p == NULL) return NULL;
    before = p = skip_space(r, p);
    if (!is_next(r, p, ',')) return read_close(r, p, '}');
    p = skip_space(r, p + 1);
  }
}

static const char *read_array (gr_reader *r, const char *p) {
  int kept = 0, numbers = 0;
  int64_t count = 0, integer;
  if (++r->depth > GR_JSON_MAXDEPTH) return NULL;
  p = skip_space(r, p + 1);
  if (is_next(r, p, ']')) return read_close(r, p, ']');
  const char *before = p;
  for (;;) {
    gr_value_kind kind = OTHER;
    if (is_nested(r, p)) {
      keep(r, before, &kept);
      p = read_nested(r, p, GR_JSON_ITEM, NULL, 0, ++count);
    }
    else {
      p = read_scalar(r, p, &kind, &integer);
      if (p == NULL) return NULL;
      if (kind == NOTHING) cut(r, before, p);
      else { keep(r, before, &kept); count++; }
      if (kind == NUMBER || kind == WHOLE) numbers = 1;
    }
    if (p == NULL) return NULL;
    before = p = skip_space(r, p);
    if (!is_next(r, p, ',')) break;
    p = skip_space(r, p + 1);
  }
  if (numbers) add_edit(r, GR_JSON_NUMBERS, NULL, 0, 0);
  return read_close(r, p, ']');
}

size_t gr_json_read (const char *text, size_t len, char *out, gr_json_edit *edits, size_t room, size_t *count) {
  gr_reader r = { text + len, text, out, edits, room, 0, 0 };
  int64_t integer;
  gr_value_kind kind;
  const char *p = skip_space(&r, text);
  if (memchr(text, '\0', len) != NULL) return 0;
  if (is_next(&r, p, '{')) p = read_object(&r, p);
  else if (is_next(&r, p, '[')) p = read_array(&r, p);
  else p = read_scalar(&r, p, &kind, &integer);
  if (p == NULL || skip_space(&r, p) < r.end) return 0;
  cut(&r, r.end, r.end);
  *count = r.count;
  return (size_t)(r.out - out);
}
