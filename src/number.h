/* Numbers from and to text as JSON and forms have them, without Lua: the same in every locale, whenever
** the host sets one, as no decimal point is ever given to the C library or believed of it. */
#ifndef GR_NUMBER_H
#define GR_NUMBER_H

#include <stddef.h>
#include <stdint.h>

enum { GR_NUMBER_SIZE = 40 }; /* bytes that gr_number_write needs at most */

typedef struct gr_number {
  int is_integer; /* it was written without point and exponent, and fits: */
  int64_t integer;
  double number; /* the nearest one, whether it is an integer or not */
} gr_number;

/* The end of the number that [s, end) begins with, or NULL where it begins with none. It is what
** strtod takes in the C locale, in decimal, without a leading zero or plus. */
const char *gr_number_end (const char *s, const char *end);

/* Reads the number that [s, end) begins with. Returns its end, or NULL without a number. */
const char *gr_number_read (const char *s, const char *end, gr_number *number);

/* Whether it was written without point and exponent, and a double cannot hold it: 's' and 'end' are
** those of the text. */
int gr_number_loses_digits (const gr_number *number, const char *s, const char *end);

/* Writes a finite number with as few digits as tell it from all others, whole ones up to 2^53
** without a fraction. Returns the length. */
size_t gr_number_write (double number, char out[GR_NUMBER_SIZE]);

#endif
