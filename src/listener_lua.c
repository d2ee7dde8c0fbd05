/* gumroad.listener: the listener as Lua sees it. */
#include "listener_lua.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "gate_lua.h"
#include "text.h"

#define LISTENER "gumroad.listener"
#define REQUEST "gumroad.listener.request"

/* == Opening and closing == */

gr_listener *gr_checklistener (lua_State *L) {
  return (gr_listener *)luaL_checkudata(L, 1, LISTENER);
}

/* l:close(): closes all connections and the port. Responses given before are sent as far as the sockets
** take them at once. Requests that Lua still holds can be read, but not answered. Safe to repeat. */
static int listener_close (lua_State *L) {
  gr_listener_close(gr_checklistener(L));
  return 0;
}

static int fail_to_open (lua_State *L, int error, const char *address, int port) {
  lua_pushnil(L);
  switch (error) {
    case EADDRINUSE:
      lua_pushliteral(L, "in_use");
      lua_pushfstring(L,
        "port %d on %s is already taken; choose another port, or 0 for any "
        "free one",
        port, address);
      break;
    case EACCES:
      lua_pushliteral(L, "permission");
      lua_pushfstring(L, "this process may not open port %d on %s; choose a port above 1023", port, address);
      break;
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      lua_pushliteral(L, "address");
      lua_pushfstring(L,
        "%s is not an address of this machine; choose one that is, or "
        "0.0.0.0 for all",
        address);
      break;
    default:
      lua_pushliteral(L, "system");
      lua_pushfstring(L, "cannot listen on port %d of %s: %s", port, address, strerror(error));
  }
  return 3;
}

static void check_option_names (lua_State *L) {
  static const char *const names[] = {
    "address", "port", "max_connections", "timeout", "max_body", "max_memory", "gate", "large", NULL};
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    int i = 0;
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TSTRING) luaL_argerror(L, 1, "option names are strings");
    while (names[i] != NULL && strcmp(names[i], lua_tostring(L, -1)) != 0) i++;
    if (names[i] == NULL) luaL_argerror(L, 1, lua_pushfstring(L, "unknown option '%s'", lua_tostring(L, -1)));
  }
}

static lua_Number number_option (
  lua_State *L, const char *name, lua_Number preset, lua_Number min, lua_Number max) {
  lua_Number n = preset;
  lua_getfield(L, 1, name);
  if (!lua_isnil(L, -1)) {
    if (lua_type(L, -1) != LUA_TNUMBER)
      luaL_argerror(L, 1, lua_pushfstring(L, "%s: number expected, got %s", name, luaL_typename(L, -1)));
    n = lua_tonumber(L, -1);
    if (!(n >= min && n <= max)) luaL_argerror(L, 1, lua_pushfstring(L, "%s: out of range", name));
  }
  lua_pop(L, 1);
  return n;
}

static int whole_option (lua_State *L, const char *name, int preset, int min, int max) {
  lua_Number n = number_option(L, name, preset, min, max);
  if (n != floor(n)) luaL_argerror(L, 1, lua_pushfstring(L, "%s: out of range", name));
  return (int)n;
}

static void set_gate (lua_State *L, int index, gr_listener *l) {
  gr_expected expected;
  gr_checkexpected(L, index, &expected);
  if (!gr_listener_expect(l, &expected)) luaL_error(L, "not enough memory");
}

static void read_gate (lua_State *L, gr_listener *l) {
  lua_getfield(L, 1, "gate");
  if (!lua_isnil(L, -1)) {
    if (lua_type(L, -1) != LUA_TTABLE)
      luaL_argerror(L, 1, lua_pushfstring(L, "gate: table expected, got %s", luaL_typename(L, -1)));
    set_gate(L, lua_gettop(L), l);
  }
  lua_pop(L, 1);
}

static void read_options (lua_State *L, gr_listener *l) {
  l->max_connections = (unsigned)whole_option(L, "max_connections", 1024, 1, 100000);
  l->timeout = number_option(L, "timeout", 10, 1e-3, 86400);
  l->max_body = (size_t)whole_option(L, "max_body", 1048576, 0, INT_MAX);
  l->max_memory = (size_t)whole_option(L, "max_memory", 67108864, 1, INT_MAX);
  read_gate(L, l);
  gr_readfaults(L, l);
}

static gr_listener *new_userdata (lua_State *L) {
  gr_memory memory;
  gr_listener *l = (gr_listener *)lua_newuserdata(L, sizeof *l);
  gr_getmemory(L, &memory);
  gr_listener_init(l, memory);
  luaL_getmetatable(L, LISTENER);
  lua_setmetatable(L, -2);
  return l;
}

/* Leaves the address on the stack. */
static const char *address_option (lua_State *L) {
  lua_getfield(L, 1, "address");
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    lua_pushliteral(L, "127.0.0.1");
  }
  if (lua_type(L, -1) != LUA_TSTRING)
    luaL_argerror(L, 1, lua_pushfstring(L, "address: string expected, got %s", luaL_typename(L, -1)));
  return lua_tostring(L, -1);
}

/* listener.new(options) -> listener | nil, code, message
** Opens a port for HTTP requests. Options, all optional:
**   address          IPv4 or IPv6 address as text (default: "127.0.0.1"); "::" and "0.0.0.0" mean all
**                    addresses
**   port             0 to 65535; 0 (default) means any free one, see l:port()
**   max_connections  1 to 100000 (default: 1024), and never more than the process's limit of descriptors
**                    minus 64, see l:max_connections(). Further connections wait at the port. While any
**                    wait, the connection that has waited longest for its whole request is closed, if it
**                    has waited longer than 250 ms
**   timeout          seconds, 0.001 to 86400 (default: 10): how long a request may take to arrive, a
**                    connection may be idle, and a response may make no progress. The time from
**                    l:next() to the next call of a method of l does not count
**   max_body         bytes, 0 to 2147483647 (default: 1048576); a larger body is answered with 413
**   max_memory       bytes, 1 to 2147483647 (default: 67108864): memory for all bodies that are arriving,
**                    waiting for l:next() or not yet answered; a chunked body counts as max_body. Half of
**                    it is divided among max_connections, and a body within such a share never waits. When
**                    the other half is used up, further requests wait after their heads, 'timeout' seconds
**                    at most, and a connection is closed if its body, at its rate, would be late. A body
**                    that alone is larger is accepted when there is no other
**   gate             table: what a ping must be, see l:gate(); nil (default): any request is let in
**   large            text, for tests of clients: under paths that begin with it, a body announced to be
**                    larger than max_body is counted and thrown away, see r:received(), and 'timeout'
**                    starts again as long as a body is arriving
** A request is refused if its head is larger than 16 KB (431 or 414), where each header counts 64 bytes
** more and cookies count twice. It is also refused if it has several Content-Length or Transfer-Encoding
** headers or a folded header (400), or a transfer coding other than "chunked" (501).
** Codes: "in_use" (the port is taken), "permission" (a port below 1024), "address" (not an address, or not
** one of this machine), "system". Unknown options and wrong types raise. */
static int listener_new (lua_State *L) {
  struct addrinfo hints = {
    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM};
  struct addrinfo *ai;
  char service[8];
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  check_option_names(L);
  gr_listener *l = new_userdata(L);
  if (!gr_keep(L, listener_close)) return gr_fail(L, "system", "the Lua state is closing");
  int port = whole_option(L, "port", 0, 0, 65535);
  read_options(L, l);
  const char *address = address_option(L);
  snprintf(service, sizeof service, "%d", port);
  if (strlen(address) != gr_rawlen(L, -1) || getaddrinfo(address, service, &hints, &ai) != 0) {
    lua_pushfstring(L, "'%s' is not an IPv4 or IPv6 address", address);
    return gr_fail(L, "address", lua_tostring(L, -1));
  }
  int error = gr_listener_open(l, ai);
  freeaddrinfo(ai);
  if (error < 0) return gr_fail(L, "system", "libmicrohttpd could not be started");
  if (error > 0) return fail_to_open(L, error, address, port);
  lua_pushvalue(L, 2);
  return 1;
}

/* == Running == */

/* l:port() -> the port, including one that the kernel chose */
static int listener_port (lua_State *L) {
  lua_pushinteger(L, gr_checklistener(L)->port);
  return 1;
}

/* l:address() -> the address, as text */
static int listener_address (lua_State *L) {
  lua_pushstring(L, gr_checklistener(L)->address);
  return 1;
}

/* l:fd() -> a descriptor that is readable when l:step() has something to do, or nil once closed. Use it in
** an epoll set or with poll(), together with l:timeout(). */
static int listener_fd (lua_State *L) {
  gr_listener *l = gr_checklistener(L);
  if (!gr_listener_is_open(l)) lua_pushnil(L);
  else lua_pushinteger(L, l->epoll_fd);
  return 1;
}

/* l:timeout() -> seconds until l:step() must be called even if l:fd() is not readable, or nil if it need
** not be */
static int listener_timeout (lua_State *L) {
  gr_listener *l = gr_checklistener(L);
  double wait = gr_listener_is_open(l) ? gr_listener_timeout(l) : HUGE_VAL;
  if (wait < HUGE_VAL) lua_pushnumber(L, (lua_Number)wait);
  else lua_pushnil(L);
  return 1;
}

/* l:step(): receives and sends everything possible without waiting, and returns nothing. Does nothing once
** closed, or in a child process. */
static int listener_step (lua_State *L) {
  gr_listener *l = gr_checklistener(L);
  if (gr_listener_is_open(l)) gr_listener_step(l);
  return 0;
}

/* l:connections() -> the number of open connections */
static int listener_connections (lua_State *L) {
  lua_pushinteger(L, (lua_Integer)gr_checklistener(L)->connections);
  return 1;
}

/* l:max_connections() -> the most connections allowed by the option and the limit of descriptors */
static int listener_max_connections (lua_State *L) {
  lua_pushinteger(L, (lua_Integer)gr_checklistener(L)->max_connections);
  return 1;
}

/* l:gate(expected): from now on, refuses each request whose head is not that of an expected ping. Such a
** request does not arrive at l:next(), and no byte of its body is kept. 'expected' is the table that
** core.gate_head takes, and the statuses are the same. If max_body is left out, the listener's applies; nil
** lets any request in. A request without a body, or with one announced at 64 KB or less, is read to its end
** before it is answered, so that its connection stays open. Any other is answered at once, and its
** connection is closed. Does nothing once closed. */
static int listener_gate (lua_State *L) {
  gr_listener *l = gr_checklistener(L);
  gr_expected expected;
  lua_settop(L, 2);
  if (!lua_isnil(L, 2)) gr_checkexpected(L, 2, &expected);
  if (!gr_listener_is_open(l)) return 0; /* after our finalizer has run, nobody would free what is set here */
  if (!gr_listener_expect(l, lua_isnil(L, 2) ? NULL : &expected)) return luaL_error(L, "not enough memory");
  return 0;
}

static void set_text (lua_State *L, const char *name, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

static void set_count (lua_State *L, const char *name, unsigned long count) {
  gr_pushcount(L, count);
  lua_setfield(L, -2, name);
}

/* l:refused() -> the oldest refusal not yet taken, or nil: a table
**   status  404, 405, 413, 400, 431 or 501, as it was or will be sent
**   reason  one line of printable ASCII
**   peer    the client's address, as text
**   missed  the number of forgotten refusals before this one, because only 32 are remembered
** Refusals come from the gate, from heads and bodies that are too large, and from bodies whose end is not
** clear. The refusals that libmicrohttpd itself makes, of what is not HTTP, are not among them. */
static int listener_refused (lua_State *L) {
  gr_refused refused;
  if (!gr_listener_next_refused(gr_checklistener(L), &refused)) return lua_pushnil(L), 1;
  lua_createtable(L, 0, 4);
  set_count(L, "status", refused.refusal.status);
  set_count(L, "missed", refused.missed);
  set_text(L, "reason", refused.refusal.reason);
  set_text(L, "peer", refused.peer);
  return 1;
}

/* l:next() -> the oldest request that is complete and not yet taken, or nil */
static int listener_next (lua_State *L) {
  gr_listener *l = gr_checklistener(L);
  gr_conn *c;
  while (gr_listener_is_open(l) && (c = gr_listener_complete(l)) != NULL) {
    unsigned long number = c->number;
    size_t size = sizeof(gr_request) + c->head.len + c->body.len;
    gr_request *r = (gr_request *)lua_newuserdata(L, size);
    memset(r, 0, sizeof *r);
    luaL_getmetatable(L, REQUEST);
    lua_setmetatable(L, -2);
    /* a finalizer that just ran may have taken it, or closed the listener */
    c = gr_listener_is_open(l) ? gr_listener_complete(l) : NULL;
    if (c == NULL || c->number != number) continue;
    gr_request_take(r, c);
    return 1;
  }
  lua_pushnil(L);
  return 1;
}

/* == Reading a request == */

gr_request *gr_checkrequest (lua_State *L) {
  return (gr_request *)luaL_checkudata(L, 1, REQUEST);
}

/* Returns field 'n' of the head: 0 URI, 1 method, 2 peer. */
static const char *head_field (const gr_request *r, int n, size_t *len) {
  const char *p = r->bytes, *field = gr_next_field(&p, len);
  while (n-- > 0) field = gr_next_field(&p, len);
  return field;
}

static const char *request_uri (const gr_request *r, size_t *len, const char **query) {
  const char *uri = head_field(r, 0, len);
  *query = (const char *)memchr(uri, '?', *len);
  return uri;
}

/* r:method() -> "GET", "POST", ..., as it was sent */
static int request_method (lua_State *L) {
  size_t len;
  const char *method = head_field(gr_checkrequest(L), 1, &len);
  lua_pushlstring(L, method, len);
  return 1;
}

/* r:path() -> the URI up to '?', still percent-encoded */
static int request_path (lua_State *L) {
  size_t len;
  const char *query, *uri = request_uri(gr_checkrequest(L), &len, &query);
  lua_pushlstring(L, uri, query != NULL ? (size_t)(query - uri) : len);
  return 1;
}

/* r:query() -> the part after '?', still percent-encoded, or nil if there is no '?' */
static int request_query (lua_State *L) {
  size_t len;
  const char *query, *uri = request_uri(gr_checkrequest(L), &len, &query);
  if (query == NULL) lua_pushnil(L);
  else lua_pushlstring(L, query + 1, len - (size_t)(query + 1 - uri));
  return 1;
}

/* r:peer() -> the client's address, as text */
static int request_peer (lua_State *L) {
  size_t len;
  const char *peer = head_field(gr_checkrequest(L), 2, &len);
  lua_pushlstring(L, peer, len);
  return 1;
}

/* r:body() -> string, empty if there is no body */
static int request_body (lua_State *L) {
  gr_request *r = gr_checkrequest(L);
  lua_pushlstring(L, r->bytes + r->head_len, r->body_len);
  return 1;
}

static const char *first_header (const gr_request *r) {
  size_t len;
  const char *peer = head_field(r, 2, &len);
  return peer + len;
}

/* r:headers() -> table: lower-case name -> value. The values of a repeated header are joined with ", ". */
static int request_headers (lua_State *L) {
  gr_request *r = gr_checkrequest(L);
  const char *p = first_header(r), *end = r->bytes + r->head_len;
  lua_settop(L, 1);
  lua_newtable(L);
  while (p < end) {
    size_t name_len, len;
    const char *name = gr_next_field(&p, &name_len), *value = gr_next_field(&p, &len);
    gr_join_header(L, name, name_len, value, len);
  }
  return 1;
}

/* r:header(name) -> its value as in r:headers(), or nil. The case of 'name' does not matter. */
static int request_header (lua_State *L) {
  gr_request *r = gr_checkrequest(L);
  size_t wanted_len;
  const char *wanted = luaL_checklstring(L, 2, &wanted_len);
  const char *p = first_header(r), *end = r->bytes + r->head_len;
  luaL_Buffer b;
  int found = 0;
  luaL_buffinit(L, &b);
  while (p < end) {
    size_t name_len, len;
    const char *name = gr_next_field(&p, &name_len), *value = gr_next_field(&p, &len);
    if (!gr_equal_nocase(name, name_len, wanted, wanted_len)) continue;
    if (found++) luaL_addlstring(&b, ", ", 2);
    luaL_addlstring(&b, value, len);
  }
  luaL_pushresult(&b);
  if (!found) lua_pushnil(L);
  return 1;
}

/* == Answering a request == */

int gr_failtoanswer (lua_State *L, const gr_request *r) {
  if (r->answered) return gr_fail(L, "answered", "the response has been sent already");
  return gr_fail(L, "closed", "the listener is closed");
}

static void header_error (lua_State *L, const char *message, const char *name) {
  luaL_argerror(L, 3, lua_pushfstring(L, message, name));
}

/* Adds the header whose name and value are on top of the stack. */
static void add_header (lua_State *L, gr_request *r) {
  size_t name_len, len;
  if (lua_type(L, -2) != LUA_TSTRING) luaL_argerror(L, 3, "header names are strings");
  const char *name = lua_tolstring(L, -2, &name_len);
  if (!gr_is_token(name, name_len)) header_error(L, "'%s' is not a header name", name);
  if (!lua_isstring(L, -1))
    luaL_argerror(L, 3, lua_pushfstring(L, "header %s: string expected, got %s", name, luaL_typename(L, -1)));
  const char *value = lua_tolstring(L, -1, &len);
  if (!gr_is_header_value(value, len))
    header_error(L, "header %s: CR, LF or NUL in its value, or another control character", name);
  if (gr_equal_nocase(name, name_len, "Content-Length", 14)
    || gr_equal_nocase(name, name_len, "Transfer-Encoding", 17))
    header_error(L, "%s follows from the body", name);
  if (MHD_add_response_header(r->response, name, value) != MHD_YES)
    header_error(L, "header %s: this value cannot be sent", name);
}

void gr_addheaders (lua_State *L, gr_request *r) {
  if (lua_isnoneornil(L, 3)) return;
  luaL_checktype(L, 3, LUA_TTABLE);
  for (lua_pushnil(L); lua_next(L, 3); lua_pop(L, 1)) add_header(L, r);
}

unsigned gr_checkstatus (lua_State *L) {
  lua_Integer status = luaL_checkinteger(L, 2);
  luaL_argcheck(L, status >= 200 && status <= 599, 2, "status: 200 to 599 expected");
  return (unsigned)status;
}

int gr_sendresponse (lua_State *L, gr_request *r, unsigned status) {
  if (!gr_request_can_answer(r)) { /* checked last, because making the response may have run finalizers */
    gr_request_drop_response(r);
    return gr_failtoanswer(L, r);
  }
  switch (gr_request_send(r, status)) {
    case GR_CLIENT_GONE: return gr_fail(L, "closed", "the client has closed the connection");
    case GR_NOT_QUEUED: return gr_fail(L, "closed", "the response could not be queued");
    default: lua_pushboolean(L, 1); return 1;
  }
}

/* r:answer(status [, headers [, body]]) -> true | nil, code, message
**   status   200 to 599
**   headers  table: name -> string or number; Content-Length is added
**   body     string; not sent in response to HEAD
** The next calls of l:step() send the response. The connection stays open for more requests unless
** 'headers' has Connection = "close". Codes: "answered" (a request is answered only once), "closed" (the
** listener is closed, or the client has closed its side; whatever it can still read is sent anyway). Raises
** for headers that cannot be sent as one line. */
static int request_answer (lua_State *L) {
  gr_request *r = gr_checkrequest(L);
  unsigned status = gr_checkstatus(L);
  size_t len = 0;
  const char *body = luaL_optlstring(L, 4, "", &len);
  gr_request_drop_response(r); /* left by a call that raised */
  if (!gr_request_can_answer(r)) return gr_failtoanswer(L, r);
  r->response = MHD_create_response_from_buffer(len, (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
  if (r->response == NULL) return luaL_error(L, "not enough memory");
  gr_addheaders(L, r);
  return gr_sendresponse(L, r, status);
}

/* Frees a request that nobody holds any more. */
static int request_gc (lua_State *L) {
  gr_request_abandon(gr_checkrequest(L));
  return 0;
}

/* == Module == */

static const luaL_Reg listener_meta[] = {{"__close", listener_close}, {"__gc", listener_close}, {NULL, NULL}};
static const luaL_Reg listener_methods[] = {{"address", listener_address}, {"close", listener_close},
  {"connections", listener_connections}, {"fd", listener_fd}, {"gate", listener_gate},
  {"max_connections", listener_max_connections}, {"next", listener_next}, {"port", listener_port},
  {"refused", listener_refused}, {"step", listener_step}, {"timeout", listener_timeout}, {NULL, NULL}};
static const luaL_Reg request_meta[] = {{"__gc", request_gc}, {NULL, NULL}};
static const luaL_Reg request_methods[] = {{"answer", request_answer}, {"body", request_body},
  {"header", request_header}, {"headers", request_headers}, {"method", request_method},
  {"path", request_path}, {"peer", request_peer}, {"query", request_query}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"new", listener_new}, {NULL, NULL}};

static void add_methods (lua_State *L, const char *name, const luaL_Reg *methods) {
  luaL_getmetatable(L, name);
  lua_getfield(L, -1, "__index");
  gr_setfuncs(L, methods);
  lua_pop(L, 2);
}

GR_EXPORT int luaopen_gumroad_listener (lua_State *L) {
  gr_open_keeper(L);
  gr_newclass(L, LISTENER, listener_meta, listener_methods);
  gr_newclass(L, REQUEST, request_meta, request_methods);
  add_methods(L, LISTENER, gr_fault_listener_methods);
  add_methods(L, REQUEST, gr_fault_request_methods);
  lua_newtable(L);
  gr_setfuncs(L, functions);
  lua_pushstring(L, MHD_get_version());
  lua_setfield(L, -2, "LIBMICROHTTPD"); /* its version, such as "0.9.75" */
  return 1;
}
