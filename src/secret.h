/* Secrets: bytes that Lua can hold, compare and hand to a request, but not read. */
#ifndef GR_SECRET_H
#define GR_SECRET_H

#include <stddef.h>
#include "compat.h"

/* The bytes of the secret at 'index', or NULL where there is something else.
** They stay valid as long as the userdata does. */
const char *gr_tosecret (lua_State *L, int index, size_t *len);

/* Overwrites memory in a way that the compiler does not leave out. */
void gr_wipe (void *p, size_t len);

#endif
