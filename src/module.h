/* How our modules tell failures and make classes. */
#ifndef GR_MODULE_H
#define GR_MODULE_H

#include "compat.h"

/* nil, code, message: how the world's failures are told (never the caller's mistakes,
** which raise). Returns 3. */
int gr_fail (lua_State *L, const char *code, const char *message);

/* Makes the metatable 'name' of a userdata: its metamethods and, apart from them, its methods. */
void gr_newclass (lua_State *L, const char *name, const luaL_Reg *meta, const luaL_Reg *methods);

#endif
