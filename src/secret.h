/* Operations on the bytes of secrets, without Lua. secret_lua.c has the userdata. */
#ifndef GR_SECRET_H
#define GR_SECRET_H

#include <stddef.h>

/* Compares in a time that depends only on the lengths. */
int gr_equal (const char *a, size_t a_len, const char *b, size_t b_len);

/* Overwrites memory in a way that the compiler does not optimize out. */
void gr_wipe (void *p, size_t len);

#endif
