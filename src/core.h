/* The parts of gumroad.core: each adds its functions to the module table on top of the stack. */
#ifndef GR_CORE_H
#define GR_CORE_H

#include "module.h"

void gr_open_engine (lua_State *L); /* engine_lua.c: engine, curl */
void gr_open_event (lua_State *L); /* event_lua.c: event_readers */
void gr_open_file (lua_State *L); /* file_lua.c: file_stat */
void gr_open_form (lua_State *L); /* form_lua.c: form_decode, form_encode, percent_encode */
void gr_open_gate (lua_State *L); /* gate_lua.c: gate_head */
void gr_open_json (lua_State *L); /* json_lua.c: json_decode */
void gr_open_json_write (lua_State *L); /* json_write_lua.c: json_writer, csv_writer */
void gr_open_response (lua_State *L); /* response_lua.c: the class of transfers, no function */
void gr_open_secret (lua_State *L); /* secret_lua.c: secret, equal */

#endif
