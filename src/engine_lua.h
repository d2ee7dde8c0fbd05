/* Shared by the parts of the engine that Lua sees. */
#ifndef GR_ENGINE_LUA_H
#define GR_ENGINE_LUA_H

#include "engine.h"
#include "module.h"

/* Returns the engine at stack index 1, which may be closed. */
gr_engine *gr_checkengine (lua_State *L);

/* Pushes nil, code, message for a result of gr_engine_ensure_open, or raises if there is no memory. Returns
** 3. */
int gr_failopen (lua_State *L, const char *wrong);

/* Returns the engine of this Lua state. */
gr_engine *gr_getengine (lua_State *L);

/* Pushes a transfer that is not prepared yet. */
gr_transfer *gr_newtransfer (lua_State *L);

/* The method engine:send. */
int gr_engine_send (lua_State *L);

#endif
