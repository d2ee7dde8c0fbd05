/* The engine as Lua sees it, except engine:send (request_lua.c) and the results of a transfer
** (response_lua.c). Calls that can raise come first, or run while a userdata with __gc owns whatever would
** leak. */
#include "engine_lua.h"

#include "core.h"
#include "request.h"

#include <limits.h>
#include <poll.h>
#include <string.h>

#define ENGINE "gumroad.engine"

static char engine_key; /* the registry keeps the engine under its address */

gr_engine *gr_checkengine (lua_State *L) {
  gr_engine *e = (gr_engine *)luaL_checkudata(L, 1, ENGINE);
  gr_engine_notice_fork(e);
  return e;
}

int gr_failopen (lua_State *L, const char *wrong) {
  if (wrong == gr_no_memory) return luaL_error(L, "%s", wrong);
  return gr_fail(L, wrong == gr_closing ? "cancelled" : "network", wrong);
}

static void push_engine (lua_State *L) {
  lua_pushlightuserdata(L, &engine_key);
  lua_rawget(L, LUA_REGISTRYINDEX);
}

gr_engine *gr_getengine (lua_State *L) {
  push_engine(L);
  gr_engine *e = (gr_engine *)lua_touserdata(L, -1);
  lua_pop(L, 1);
  return e;
}

/* core.engine() -> the engine of this Lua state, always the same one. */
static int l_engine (lua_State *L) {
  push_engine(L);
  return 1;
}

/* Makes the engine, which opens on first use. It is created before anything that may use it. So when the
** Lua state is closed, its finalizer runs after theirs, or they find the engine closed. */
static void make_engine (lua_State *L) {
  push_engine(L);
  int is_there = !lua_isnil(L, -1);
  lua_pop(L, 1);
  if (is_there) return;
  lua_pushlightuserdata(L, &engine_key);
  gr_engine *e = (gr_engine *)lua_newuserdata(L, sizeof *e);
  gr_engine_init(e);
  luaL_getmetatable(L, ENGINE);
  lua_setmetatable(L, -2);
  lua_rawset(L, LUA_REGISTRYINDEX);
}

static int engine_close (lua_State *L) {
  gr_memory memory;
  gr_getmemory(L, &memory);
  gr_engine_close((gr_engine *)luaL_checkudata(L, 1, ENGINE), &memory);
  return 0;
}

static void push_ready (lua_State *L, const gr_ready *ready, int n) {
  if (n == 0) {
    lua_pushnil(L);
    return;
  }
  lua_newtable(L);
  for (int i = 0; i < n; i++) {
    lua_pushstring(L, (ready[i].events & GR_HANGUP) ? "hangup" : "readable");
    lua_rawseti(L, -2, ready[i].fd);
  }
}

static int wait_in_vain (lua_State *L, double seconds) {
  double ms = seconds > 0 ? seconds * 1000 : 0;
  poll(NULL, 0, ms < INT_MAX ? (int)ms : INT_MAX);
  lua_pushinteger(L, 0);
  return 1;
}

/* engine:step([seconds [, own]]) -> finished, ready
** Moves every transfer on. Waits at most 'seconds' for something to happen (default 0: does not wait).
** 'finished' is the number of transfers that finished since the last step. 'ready' is nil, or a table of
** the watched descriptors that are ready: fd -> "readable" or "hangup". With 'own' the step is only about
** transfers: a watched descriptor wakes it at most once. If the engine cannot be opened, there is nothing
** to move on, and the call only waits. */
static int engine_step (lua_State *L) {
  gr_engine *e = gr_checkengine(L);
  double seconds = luaL_optnumber(L, 2, 0);
  int own = lua_toboolean(L, 3);
  gr_ready ready[64];
  if (gr_engine_ensure_open(e) != NULL) return wait_in_vain(L, seconds);
  if (!own) gr_engine_rewatch(e);
  int n = gr_engine_step(e, seconds, ready, 64);
  push_ready(L, ready, n); /* if this raises, nothing is lost: the next step reports it */
  if (!own) gr_engine_rewatch(e); /* fd() stays readable while they are ready */
  lua_pushinteger(L, e->finished);
  e->finished = 0;
  lua_insert(L, -2);
  return 2;
}

/* engine:fd() -> a descriptor that is readable when step() has something to do | nil, code, message
** A step with 'own' may have silenced watched descriptors: call step without it before waiting on fd(). */
static int engine_fd (lua_State *L) {
  gr_engine *e = gr_checkengine(L);
  const char *wrong = gr_engine_ensure_open(e);
  if (wrong != NULL) return gr_failopen(L, wrong);
  lua_pushinteger(L, e->poller.fd);
  return 1;
}

/* engine:running() -> the number of transfers under way. */
static int engine_running (lua_State *L) {
  lua_pushinteger(L, gr_checkengine(L)->running_count);
  return 1;
}

/* engine:watch(fd): watches another descriptor, such as a listener's, so that step() wakes when it becomes
** readable or hangs up. At most 16. */
static int engine_watch (lua_State *L) {
  gr_engine *e = gr_checkengine(L);
  int fd = (int)luaL_checkinteger(L, 2);
  luaL_argcheck(L, fd >= 0, 2, "a descriptor expected");
  const char *closed = gr_engine_ensure_open(e);
  if (closed != NULL) return luaL_error(L, "cannot watch descriptor %d: %s", fd, closed);
  int wrong = gr_engine_watch(e, fd);
  luaL_argcheck(L, wrong >= 0, 2, "16 descriptors are watched already");
  if (wrong != 0) return luaL_error(L, "cannot watch descriptor %d: %s", fd, strerror(wrong));
  return 0;
}

/* engine:unwatch(fd): stops watching a descriptor. Call it before closing the descriptor. */
static int engine_unwatch (lua_State *L) {
  gr_engine *e = gr_checkengine(L);
  gr_engine_unwatch(e, (int)luaL_checkinteger(L, 2));
  return 0;
}

/* core.curl() -> { version, tls, ca_file, http2 }: the version and features of libcurl. */
static int l_curl (lua_State *L) {
  const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);
  lua_createtable(L, 0, 4);
  lua_pushstring(L, v->version);
  lua_setfield(L, -2, "version");
  lua_pushstring(L, v->ssl_version);
  lua_setfield(L, -2, "tls");
  lua_pushboolean(L, (v->features & CURL_VERSION_HTTP2) != 0);
  lua_setfield(L, -2, "http2");
#if CURL_AT_LEAST_VERSION(7, 70, 0)
  if (v->age >= CURLVERSION_SEVENTH) {
    lua_pushstring(L, v->cainfo);
    lua_setfield(L, -2, "ca_file");
  }
#endif
  return 1;
}

static const luaL_Reg meta[] = {{"__gc", engine_close}, {NULL, NULL}};
static const luaL_Reg methods[] = {{"send", gr_engine_send}, {"step", engine_step}, {"fd", engine_fd},
  {"running", engine_running}, {"watch", engine_watch}, {"unwatch", engine_unwatch}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"engine", l_engine}, {"curl", l_curl}, {NULL, NULL}};

void gr_open_engine (lua_State *L) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) luaL_error(L, "libcurl does not start");
  gr_newclass(L, ENGINE, meta, methods);
  make_engine(L);
  gr_setfuncs(L, functions);
}
