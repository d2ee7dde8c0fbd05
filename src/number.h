/* Converts numbers to and from text as in JSON and forms, without Lua. The result is the same in every
** locale, no matter when the host sets one, because the C library never sees a decimal point and its own is
** never trusted. */
#ifndef GR_NUMBER_H
#define GR_NUMBER_H

#include <stddef.h>
#include <stdint.h>

enum { GR_NUMBER_SIZE = 40 }; /* most bytes that gr_number_write needs */

typedef struct gr_number {
  int is_integer; /* it was written without point and exponent, and fits: */
  int64_t integer;
  double number; /* the nearest one, whether it is an integer or not */
} gr_number;

/* Returns the end of the number at the beginning of [s, end), or NULL if there is no number. A number is what
** strtod takes in the C locale, in decimal, without a leading zero or plus. */
const char *gr_number_end (const char *s, const char *end);

/* Reads the number at the beginning of [s, end). Returns its end, or NULL if there is no number. */
const char *gr_number_read (const char *s, const char *end, gr_number *number);

/* Returns whether the number was written without point and exponent and a double cannot hold it. 's' and
** 'end' are those of the text. */
int gr_number_loses_digits (const gr_number *number, const char *s, const char *end);

/* Writes a finite number with the fewest digits that tell it from all others, whole ones up to 2^53 without
** a fraction. Returns the length. */
size_t gr_number_write (double number, char out[GR_NUMBER_SIZE]);

#endif
