/* The form codec without Lua: pointers and lengths, no allocation. form_lua.c makes tables of it. */
#ifndef GR_FORM_H
#define GR_FORM_H

#include <stddef.h>
#include <stdint.h>

#define GR_FORM_MAXPARTS 32 /* the most parts of a key that gr_form_split can tell */
#define GR_FORM_PADDING 64 /* bytes that gr_form_begin needs after the body and the result */

typedef struct gr_span {
  char *text;
  size_t len;
} gr_span;

/* Where the reading of a form body has come to. */
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

/* Begins to read the 'len' bytes of 'body'. After them there is room for GR_FORM_PADDING more,
** which become zeros; 'out' has as much room in all. Everything decoded goes to 'out', one after
** the other, and stays. */
void gr_form_begin (gr_form *form, char *body, size_t len, char *out);

/* Reads the next 'name=value' pairs, at most 'most' (at least 1), decoding '+' and %XX once; a
** bad escape stays as it is. 'name' alone is 'name='. Empty pairs are passed over. Returns how
** many it read; 0: none is left. */
size_t gr_form_read (gr_form *form, gr_form_field *fields, size_t most);

/* Splits the field's name at its brackets: 'a[b][]' into "a", "b" and "". What is still %5B
** or %5D (upper case) in a part becomes a bracket, in place: to be called once. A name whose
** brackets do not pair up, nest, come first or are followed by text is one part. Returns the
** number of parts, which may be more than the GR_FORM_MAXPARTS that it stores. */
size_t gr_form_split (const gr_form_field *field, gr_span parts[GR_FORM_MAXPARTS]);

/* Writes 'len' bytes with everything but A-Z a-z 0-9 - _ . ~ as %XX to 'out', which has room
** for three times as many. Returns the length. */
size_t gr_percent_encode (const char *s, size_t len, char *out);

#endif
