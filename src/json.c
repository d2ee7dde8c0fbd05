/* Reads JSON for the parts that must be cut out of it, and the edits that replace them. */
#include "json.h"
#include "number.h"
#include "text.h"

#include <string.h>

enum {
  NAME_SLOTS = 512, /* a power of 2, larger than the number of members of any object of the API */
  NAME_PROBES = 16
};

/* A name that an object has. */
typedef struct gr_name {
  uint32_t object, at, len;
} gr_name;

typedef struct gr_reader {
  const gr_json *json;
  const char *end;
  const char *uncopied; /* start of the text to be copied, unless it is cut out */
  char *out;
  size_t count; /* number of edits; may be more than there is room for */
  size_t values;
  gr_json_status status; /* why it cannot be read */
  uint32_t depth;
  uint32_t last_object;
  uint32_t objects[GR_JSON_MAXDEPTH + 1]; /* by depth: the object open there, or 0 */
  gr_name names[NAME_SLOTS];
} gr_reader;

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

static inline int is_word (const gr_reader *r, const char *p, const char *word, size_t len) {
  return (size_t)(r->end - p) >= len && memcmp(p, word, len) == 0;
}

static inline int is_null (const gr_reader *r, const char *p) {
  return is_word(r, p, "null", 4) && !r->json->keep_nulls;
}

static inline int is_number (const gr_reader *r, const char *p) {
  return p < r->end && ((*p >= '0' && *p <= '9') || *p == '-');
}

static inline int is_nested (const gr_reader *r, const char *p) {
  return p < r->end && (*p == '{' || *p == '[');
}

static inline uint32_t position (const gr_reader *r, const char *p) {
  return (uint32_t)(p - r->json->text);
}

/* == What is copied, and what is noted == */

/* Leaves the text between 'from' and 'to' out of the copy. */
static inline void cut (gr_reader *r, const char *from, const char *to) {
  size_t len = (size_t)(from - r->uncopied);
  memcpy(r->out, r->uncopied, len);
  r->out += len;
  r->uncopied = to;
}

/* Replaces the character at 'at'. */
static void put (gr_reader *r, const char *at, char c) {
  cut(r, at, at + 1);
  *r->out++ = c;
}

/* Replaces the text between 'from' and 'to' with an empty text. */
static void blank (gr_reader *r, const char *from, const char *to) {
  cut(r, from, to);
  *r->out++ = '"';
  *r->out++ = '"';
}

/* Removes the comma 'before' the first member or item that is kept. */
static inline void keep (gr_reader *r, const char *before, int *kept) {
  if (!*kept && is_next(r, before, ',')) cut(r, before, before + 1);
  *kept = 1;
}

static inline void add_edit (gr_reader *r, gr_json_kind kind, uint32_t name, uint32_t len, uint32_t number) {
  if (r->count < r->json->room) {
    gr_json_edit *edit = &r->json->edits[r->count];
    edit->kind = kind;
    edit->name = name;
    edit->len = len;
    edit->number = number;
  }
  r->count++;
}

/* == Names == */

static inline uint32_t hash (uint32_t object, const char *name, size_t len) {
  const unsigned char *s = (const unsigned char *)name;
  uint32_t sample = (uint32_t)len;
  if (len > 0)
    sample ^= (uint32_t)s[0] << 24 | (uint32_t)s[len - 1] << 16 | (uint32_t)s[len / 2] << 8 | s[len / 4];
  return (sample ^ object * 0x85EBCA6Bu) * 0x9E3779B1u >> 16;
}

/* The number of an object also gives its depth. */
static inline void begin (gr_reader *r, int is_object) {
  r->objects[r->depth] = is_object ? ++r->last_object << 8 | r->depth : 0;
}

static inline int is_open (const gr_reader *r, uint32_t object) {
  uint32_t depth = object & 0xff;
  return object != 0 && depth <= r->depth && r->objects[depth] == object;
}

/* Returns whether the innermost object has, or may have, the name already, and records that it now does. A
** name makes room when its object ends. The names that found its place taken belong to objects that end
** earlier. */
static int is_repeated (gr_reader *r, const char *name, size_t len) {
  uint32_t object = r->objects[r->depth], at = hash(object, name, len);
  for (uint32_t end = at + NAME_PROBES; at < end; at++) {
    gr_name *known = &r->names[at % NAME_SLOTS];
    if (!is_open(r, known->object)) {
      known->object = object;
      known->at = position(r, name);
      known->len = (uint32_t)len;
      return 0;
    }
    if (known->object == object && known->len == len && memcmp(r->json->text + known->at, name, len) == 0)
      return 1;
  }
  return 1;
}

/* == Values == */

/* The read functions take a pointer to the start of something and return its end, or NULL if it cannot be
** read; 'status' says why. */

static const char *stop (gr_reader *r, gr_json_status status) {
  r->status = status;
  return NULL;
}

static inline const char *read_string (const gr_reader *r, const char *p) {
  const char *start = ++p;
  for (;;) {
    p = (const char *)memchr(p, '"', (size_t)(r->end - p));
    if (p == NULL) return NULL;
    const char *s = p++;
    while (s > start && s[-1] == '\\') s--;
    if ((p - s) % 2 == 1) return p;
  }
}

/* Reads a text, true, false, or a null that is kept. */
static inline const char *read_simple (const gr_reader *r, const char *p) {
  if (is_next(r, p, '"')) return read_string(r, p);
  if (is_next(r, p, 'f') && is_word(r, p + 1, "alse", 4)) return p + 5; /* four bytes are one comparison */
  if (is_word(r, p, "true", 4) || is_word(r, p, "null", 4)) return p + 4;
  return NULL;
}

static const char *read_object (gr_reader *r, const char *p, uint32_t *items);
static const char *read_array (gr_reader *r, const char *p);

/* Reads an object or array, with any edits to make in it. */
static const char *read_nested (gr_reader *r, const char *p, gr_json_kind kind, uint32_t name, uint32_t len) {
  size_t before = r->count;
  uint32_t items = 0;
  int is_object = *p == '{';
  if (++r->depth > GR_JSON_MAXDEPTH) return NULL;
  begin(r, is_object);
  add_edit(r, kind, name, len, 0);
  p = is_object ? read_object(r, p, &items) : read_array(r, p);
  r->depth--;
  if (is_object && r->json->as_pairs) add_edit(r, GR_JSON_LEAVE_PAIRS, name, items, 0);
  else if (r->count == before + 1) r->count = before;
  else add_edit(r, GR_JSON_LEAVE, 0, 0, 0);
  return p;
}

static inline int is_one_too_many (gr_reader *r) {
  if (++r->values <= r->json->max_values) return 0;
  r->status = GR_JSON_TOO_MANY;
  return 1;
}

/* Reads an item of an array, counted from 1, or the whole value: 0. */
static const char *read_item (gr_reader *r, const char *p, uint32_t item) {
  if (is_one_too_many(r)) return NULL;
  if (is_nested(r, p)) return read_nested(r, p, GR_JSON_ENTER_ITEM, item, 0);
  int null = is_null(r, p);
  if (!null && !is_number(r, p)) return read_simple(r, p);
  const char *end = null ? p + 4 : gr_number_end(p, r->end);
  if (end == NULL) return NULL;
  add_edit(r, null ? GR_JSON_CLEAR_ITEM : GR_JSON_SET_ITEM, item, 0, position(r, p));
  blank(r, p, end);
  return end;
}

/* Reads the value of a member. */
static inline const char *read_value (
  gr_reader *r, const char *p, const char *name, size_t len, const char *before, int *kept) {
  const char *end;
  if (is_one_too_many(r)) return NULL;
  if (is_null(r, p)) end = p + 4;
  else if (is_number(r, p)) {
    end = gr_number_end(p, r->end);
    if (end == NULL) return NULL;
    add_edit(r, GR_JSON_SET_MEMBER, position(r, name), (uint32_t)len, position(r, p));
  }
  else {
    keep(r, before, kept);
    if (!is_nested(r, p)) return read_simple(r, p);
    return read_nested(r, p, GR_JSON_ENTER_MEMBER, position(r, name), (uint32_t)len);
  }
  cut(r, before, end);
  return end;
}

static inline const char *read_member (
  gr_reader *r, const char *p, const char *before, int *kept, uint32_t *items) {
  if (!is_next(r, p, '"')) return NULL;
  const char *name = p + 1;
  p = read_string(r, p);
  if (p == NULL) return NULL;
  size_t len = (size_t)(p - 1 - name);
  p = skip_space(r, p);
  if (!is_next(r, p, ':')) return NULL;
  const char *value = skip_space(r, p + 1);
  if (r->json->as_pairs) {
    put(r, p, ',');
    return read_item(r, value, *items += 2);
  }
  if (memchr(name, '\\', len) != NULL || is_repeated(r, name, len)) return stop(r, GR_JSON_AMBIGUOUS);
  return read_value(r, value, name, len, before, kept);
}

static const char *read_members (gr_reader *r, const char *p, uint32_t *items) {
  int kept = 0;
  const char *before = p = skip_space(r, p + 1);
  if (is_next(r, p, '}')) return p;
  for (;;) {
    p = read_member(r, p, before, &kept, items);
    if (p == NULL) return NULL;
    before = p = skip_space(r, p);
    if (!is_next(r, p, ',')) return is_next(r, p, '}') ? p : NULL;
    p = skip_space(r, p + 1);
  }
}

static const char *read_object (gr_reader *r, const char *p, uint32_t *items) {
  if (r->json->as_pairs) put(r, p, '[');
  p = read_members(r, p, items);
  if (p == NULL) return NULL;
  if (r->json->as_pairs) put(r, p, ']');
  return p + 1;
}

static const char *read_array (gr_reader *r, const char *p) {
  int kept = 0;
  uint32_t items = 0;
  const char *before = p = skip_space(r, p + 1);
  if (is_next(r, p, ']')) return p + 1;
  for (;;) {
    if (is_null(r, p)) {
      if (is_one_too_many(r)) return NULL;
      p += 4;
      cut(r, before, p);
    }
    else {
      keep(r, before, &kept);
      p = read_item(r, p, ++items);
    }
    if (p == NULL) return NULL;
    before = p = skip_space(r, p);
    if (!is_next(r, p, ',')) return is_next(r, p, ']') ? p + 1 : NULL;
    p = skip_space(r, p + 1);
  }
}

gr_json_status gr_json_read (gr_json *json) {
  gr_reader r;
  memset(&r, 0, sizeof r);
  r.json = json;
  r.uncopied = json->text;
  r.end = json->text + json->len;
  r.out = json->out;
  r.status = GR_JSON_WRONG;
  if (json->len > GR_JSON_MAXLEN || memchr(json->text, '\0', json->len) != NULL) return GR_JSON_WRONG;
  const char *p = read_item(&r, skip_space(&r, json->text), 0);
  if (p == NULL || skip_space(&r, p) < r.end) return r.status;
  cut(&r, r.end, r.end);
  json->out_len = (size_t)(r.out - json->out);
  json->count = r.count;
  return GR_JSON_READ;
}

/* == Half a surrogate pair == */

/* Whether [s, end) begins with the escape of a code unit from 'first' to 'first' + 0x3ff. */
static int is_surrogate (const char *s, const char *end, unsigned first) {
  static const char digits[16] = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
  unsigned unit = 0;
  if (end - s < 6 || s[0] != '\\' || s[1] != 'u') return 0;
  for (int i = 2; i < 6; i++) {
    const char *digit = (const char *)memchr(digits, gr_lower(s[i]), sizeof digits);
    if (digit == NULL) return 0;
    unit = unit << 4 | (unsigned)(digit - digits);
  }
  return (unit & 0xfc00) == first;
}

int gr_json_mend_surrogates (char *s, size_t len) {
  const char *end = s + len;
  int mended = 0;
  while ((s = (char *)memchr(s, '\\', (size_t)(end - s))) != NULL) {
    int is_high = is_surrogate(s, end, 0xd800);
    if (is_high && is_surrogate(s + 6, end, 0xdc00)) s += 12;
    else if (is_high || is_surrogate(s, end, 0xdc00)) {
      memcpy(s, "\\ufffd", 6);
      mended = 1;
    }
    else s += end - s > 1 ? 2 : 1;
  }
  return mended;
}
