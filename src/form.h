/* The form codec without Lua: pointers and lengths, no allocation. form_lua.c makes tables from it. */
#ifndef GR_FORM_H
#define GR_FORM_H

#include <stddef.h>
#include <stdint.h>

#define GR_FORM_MAXPARTS 32 /* most parts of a key that gr_form_split stores */
#define GR_FORM_PADDING 64 /* bytes that gr_form_begin needs after the body and the result */

typedef struct gr_span {
  char *text;
  size_t len;
} gr_span;

/* The state of reading a form body. */
typedef struct gr_form {
  const char *p, *end; /* what is not copied yet */
  char *out;
  const char *block; /* the 64 bytes that 'marks' is about */
  uint64_t marks;
} gr_form;

typedef struct gr_form_field {
  gr_span name, value; /* decoded, in the buffer */
  int brackets; /* in the name, more than 2 where a '%' is left; 0: it is one part */
  char *open, *close; /* the last of them */
} gr_form_field;

/* Begins to read the 'len' bytes of 'body'. They must be followed by room for GR_FORM_PADDING more, which
** become zeros; 'out' has the same total room. Everything decoded is written to 'out', one after the other,
** and stays there. */
void gr_form_begin (gr_form *form, char *body, size_t len, char *out);

/* Reads the next 'name=value' pairs, at most 'most' (at least 1), decoding '+' and %XX once. A bad escape
** stays as it is. 'name' alone means 'name='. Empty pairs are skipped. Returns the number of pairs read; 0
** means none are left. */
size_t gr_form_read (gr_form *form, gr_form_field *fields, size_t most);

/* Splits the field's name at its brackets: 'a[b][]' into "a", "b" and "". A %5B or %5D (upper case) left in
** a part becomes a bracket, in place, so this must be called only once. A name whose brackets do not pair
** up, nest, come first or are followed by text is one part. Returns the number of parts, which may be more
** than the GR_FORM_MAXPARTS that it stores. */
size_t gr_form_split (const gr_form_field *field, gr_span parts[GR_FORM_MAXPARTS]);

/* Writes 'len' bytes with everything but A-Z a-z 0-9 - _ . ~ as %XX to 'out', which needs room for three
** times as many. Returns the length. */
size_t gr_percent_encode (const char *s, size_t len, char *out);

#endif
