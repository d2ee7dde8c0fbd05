/* Comparing what must not be found out piece by piece. */
#ifndef GR_EQUAL_H
#define GR_EQUAL_H

#include <stddef.h>

/* Compares in a time that depends on the lengths alone. */
int gr_equal (const char *a, size_t a_len, const char *b, size_t b_len);

#endif
