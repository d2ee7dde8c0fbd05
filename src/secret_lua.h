/* Access to the bytes of a secret from C. */
#ifndef GR_SECRET_LUA_H
#define GR_SECRET_LUA_H

#include "compat.h"

/* Returns the bytes of the secret at 'index', or NULL if it is something else. They stay valid as long as
** the userdata does. */
const char *gr_tosecret (lua_State *L, int index, size_t *len);

#endif
