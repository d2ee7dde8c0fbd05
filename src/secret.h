/* What is done with the bytes of secrets, without Lua. secret_lua.c has the userdata. */
#ifndef GR_SECRET_H
#define GR_SECRET_H

#include <stddef.h>

/* Compares in a time that depends on the lengths alone. */
int gr_equal (const char *a, size_t a_len, const char *b, size_t b_len);

/* Overwrites memory in a way that the compiler does not leave out. */
void gr_wipe (void *p, size_t len);

#endif
