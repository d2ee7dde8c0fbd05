/* Faults that an emulator inflicts on its clients, as Lua sees them: more methods of listeners and
** requests. */
#include "listener_faults.h"
#include "listener_lua.h"

void gr_readfaults (lua_State *L, gr_listener *l) {
  lua_getfield(L, 1, "large");
  if (!lua_isnil(L, -1)) {
    size_t len;
    if (lua_type(L, -1) != LUA_TSTRING)
      luaL_argerror(L, 1, lua_pushfstring(L, "large: string expected, got %s", luaL_typename(L, -1)));
    const char *prefix = lua_tolstring(L, -1, &len);
    if (len > 0 && !gr_faults_open(l, prefix, len)) luaL_error(L, "not enough memory");
  }
  lua_pop(L, 1);
}

/* l:cut(bytes [, times [, after]]): resets the connections of the next 'times' requests (default 1; 0:
** none) to the paths for large bodies, each when that many bytes of its body have arrived. The first
** 'after' requests (default 0) pass. A request that is cut never arrives at l:next(). For tests of clients.
** */
static int listener_cut (lua_State *L) {
  gr_listener *l = gr_checklistener(L);
  lua_Number bytes = luaL_checknumber(L, 2), times = luaL_optnumber(L, 3, 1), after = luaL_optnumber(L, 4, 0);
  luaL_argcheck(L, bytes >= 0 && bytes <= GR_LARGEST_EXACT, 2, "bytes: out of range");
  luaL_argcheck(L, times >= 0 && times <= 1e9, 3, "times: out of range");
  luaL_argcheck(L, after >= 0 && after <= 1e9, 4, "after: out of range");
  gr_faults_cut(l, (uint64_t)bytes, (unsigned)times, (unsigned)after);
  return 0;
}

/* r:answer_part(status, headers, body, bytes) -> true | nil, code, message
** Works like r:answer, but resets the connection once the first 'bytes' bytes of the body (0 to #body - 1)
** are sent, while Content-Length announces the whole body. For tests of clients. */
static int request_answer_part (lua_State *L) {
  gr_request *r = gr_checkrequest(L);
  unsigned status = gr_checkstatus(L);
  size_t len;
  const char *body = luaL_checklstring(L, 4, &len);
  lua_Integer limit = luaL_checkinteger(L, 5);
  luaL_argcheck(L, limit >= 0 && (size_t)limit < len, 5, "bytes: less than the body expected");
  gr_request_drop_response(r);
  if (!gr_request_can_answer(r)) return gr_failtoanswer(L, r);
  r->response = gr_faults_part(r->conn, body, len, (size_t)limit);
  if (r->response == NULL) return luaL_error(L, "not enough memory");
  gr_addheaders(L, r);
  return gr_sendresponse(L, r, status);
}

/* r:reset() -> true | nil, code, message
** Resets the connection (the client sees "connection reset by peer") without a response. */
static int request_reset (lua_State *L) {
  gr_request *r = gr_checkrequest(L);
  if (!gr_request_can_answer(r)) return gr_failtoanswer(L, r);
  gr_faults_reset(r->conn->fd);
  gr_request_let_go(r);
  lua_pushboolean(L, 1);
  return 1;
}

/* r:received() -> the number of bytes in the body; if it is larger than max_body, r:body() is empty */
static int request_received (lua_State *L) {
  gr_pushcount(L, gr_checkrequest(L)->received);
  return 1;
}

const luaL_Reg gr_fault_listener_methods[] = {{"cut", listener_cut}, {NULL, NULL}};
const luaL_Reg gr_fault_request_methods[] = {{"answer_part", request_answer_part},
  {"received", request_received}, {"reset", request_reset}, {NULL, NULL}};
