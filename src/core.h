/* What the parts of gumroad.core share with each other: each part adds its functions
** to the module table on top of the stack. Only core.c knows all of them. */
#ifndef GR_CORE_H
#define GR_CORE_H

#include "compat.h"

void gr_open_engine (lua_State *L);  /* engine.c: engine() */
void gr_open_file (lua_State *L);    /* file.c: file_stat */
void gr_open_form (lua_State *L);    /* form_lua.c: form_decode, form_encode, percent_encode */
void gr_open_json (lua_State *L);    /* json.c: json_values */
void gr_open_secret (lua_State *L);  /* secret.c: secret, equal */

/* nil, code, message: how the world's failures are told (never the caller's mistakes,
** which raise). Returns 3. */
int gr_fail (lua_State *L, const char *code, const char *message);

/* Makes the metatable 'name' of a userdata: its metamethods and, apart from them, its methods. */
void gr_newclass (lua_State *L, const char *name, const luaL_Reg *meta, const luaL_Reg *methods);

#endif
