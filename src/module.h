/* Shared by our modules: failures, classes, memory, headers. */
#ifndef GR_MODULE_H
#define GR_MODULE_H

#include "buffer.h"
#include "compat.h"

/* Lua calls these when it loads the modules. */
GR_EXPORT int luaopen_gumroad_core (lua_State *L);
GR_EXPORT int luaopen_gumroad_listener (lua_State *L);
GR_EXPORT int luaopen_gumroad_system (lua_State *L);

/* Pushes nil, code, message. This is how failures outside the program are reported; mistakes of the caller
** raise. Returns 3. */
int gr_fail (lua_State *L, const char *code, const char *message);

/* Makes the metatable 'name' of a userdata: its metamethods and, apart from them, its methods. */
void gr_newclass (lua_State *L, const char *name, const luaL_Reg *meta, const luaL_Reg *methods);

/* Keeps objects that hold resources outside Lua. A finalizer that runs while the state is closed can make
** one whose own finalizer never runs; objects kept here are closed after all others. Must be called when a
** module is opened, before it can make any. */
void gr_open_keeper (lua_State *L);

/* Keeps the object on top of the stack as long as it lives. 'close' is called with it, and must be safe to
** repeat. Returns 0 if the state is closing and it is too late. */
int gr_keep (lua_State *L, lua_CFunction close);

/* Gets the allocator of the Lua state, for code that does not know Lua. */
void gr_getmemory (lua_State *L, gr_memory *memory);

/* Sets one header in the table on top of the stack. The values of a repeated header are joined with ", ".
** */
void gr_join_header (lua_State *L, const char *name, size_t name_len, const char *value, size_t value_len);

#endif
