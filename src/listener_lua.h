/* The Lua parts that the listener and its faults share. */
#ifndef GR_LISTENER_LUA_H
#define GR_LISTENER_LUA_H

#include "listener.h"
#include "module.h"

/* Returns the userdata at index 1. */
gr_listener *gr_checklistener (lua_State *L);
gr_request *gr_checkrequest (lua_State *L);

/* Returns the status at index 2. */
unsigned gr_checkstatus (lua_State *L);

/* Adds the headers of the table at index 3, if there is one, to r->response. Raises for headers
** that cannot be sent as one line. */
void gr_addheaders (lua_State *L, gr_request *r);

/* Pushes nil, code, message for a request that cannot be answered. */
int gr_failtoanswer (lua_State *L, const gr_request *r);

/* Sends r->response. Pushes true, or nil, code, message. */
int gr_sendresponse (lua_State *L, gr_request *r, unsigned status);

/* Methods for an emulator's faults (listener_faults_lua.c). */
extern const luaL_Reg gr_fault_listener_methods[], gr_fault_request_methods[];

/* Reads the option 'large' of the table at index 1. */
void gr_readfaults (lua_State *L, gr_listener *l);

#endif
