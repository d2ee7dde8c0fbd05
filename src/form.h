/* The form codec without Lua: pointers and lengths, no allocation. form_lua.c makes tables of it. */
#ifndef GR_FORM_H
#define GR_FORM_H

#include <stddef.h>

#define GR_FORM_MAXPARTS 32  /* the most parts of a key that gr_form_split can tell */

typedef struct gr_Span {
  char *text;
  size_t len;
} gr_Span;

/* Reads a form body. Set all three: 'p' and 'end' to the body, 'out' to another buffer of as
** many bytes. Everything decoded goes there, one after the other, and stays. */
typedef struct gr_Form {
  const char *p, *end;
  char *out;
} gr_Form;

typedef struct gr_FormField {
  gr_Span name, value;  /* decoded, in the buffer */
  int brackets;         /* in the name, more than 2 where a '%' is left; 0: it is one part */
  char *open, *close;   /* the last of them */
} gr_FormField;

/* Reads the next 'name=value' pairs, at most 'most' (at least 1), decoding '+' and %XX once; a
** bad escape stays as it is. 'name' alone is 'name='. Empty pairs are passed over. Returns how
** many it read; 0: none is left. */
size_t gr_form_read (gr_Form *form, gr_FormField *fields, size_t most);

/* Splits the field's name at its brackets: 'a[b][]' into "a", "b" and "". What is still %5B
** or %5D (upper case) in a part becomes a bracket, in place: to be called once. A name whose
** brackets do not pair up, nest, come first or are followed by text is one part. Returns the
** number of parts, which may be more than the GR_FORM_MAXPARTS that it stores. */
size_t gr_form_split (const gr_FormField *field, gr_Span parts[GR_FORM_MAXPARTS]);

/* Writes 'len' bytes with everything but A-Z a-z 0-9 - _ . ~ as %XX to 'out', which has room
** for three times as many. Returns the length. */
size_t gr_percent_encode (const char *s, size_t len, char *out);

#endif
