/* Shared by the core and the listener: the gate as Lua sees it. */
#ifndef GR_GATE_LUA_H
#define GR_GATE_LUA_H

#include "compat.h"
#include "gate.h"

/* Reads the table at 'index': target and max_body, both optional. Raises for anything else in it. The
** target's bytes belong to the table. */
void gr_checkexpected (lua_State *L, int index, gr_expected *expected);

#endif
