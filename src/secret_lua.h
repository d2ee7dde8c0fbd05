/* How C comes by the bytes of a secret. */
#ifndef GR_SECRET_LUA_H
#define GR_SECRET_LUA_H

#include "compat.h"

/* The bytes of the secret at 'index', or NULL where there is something else.
** They stay valid as long as the userdata does. */
const char *gr_tosecret (lua_State *L, int index, size_t *len);

#endif
