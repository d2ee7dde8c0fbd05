/* gumroad.system: what the library and its command need of the operating system and Lua lacks. */
#include "module.h"
#include "signals.h"
#include "system.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <netdb.h>
#include <unistd.h>
#include <sys/ioctl.h>

#define LOCK "gumroad.system.lock"
#define SIGNALS "gumroad.system.signals"

static const char *code_of (int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return "no_space";
    case EACCES:
    case EPERM:
    case EROFS: return "denied";
    case ENOENT:
    case ENOTDIR: return "not_found";
    case ENOMEM: return "no_memory";
    default: return "io";
  }
}

/* nil, code, "PATH: what went wrong" */
static int fail (lua_State *L, const char *path, int error) {
  lua_pushnil(L);
  lua_pushstring(L, code_of(error));
  lua_pushfstring(L, "%s: %s", path, strerror(error));
  return 3;
}

static int succeed (lua_State *L) {
  lua_pushboolean(L, 1);
  return 1;
}

static const char *check_path (lua_State *L, size_t *len) {
  const char *path = luaL_checklstring(L, 1, len);
  luaL_argcheck(L, *len > 0, 1, "a path cannot be empty");
  luaL_argcheck(L, memchr(path, '\0', *len) == NULL, 1, "a path cannot hold a NUL");
  return path;
}

static int check_fd (lua_State *L) {
  lua_Integer fd = luaL_checkinteger(L, 1);
  luaL_argcheck(L, fd >= 0 && fd <= 65535, 1, "a file descriptor expected");
  return (int)fd;
}

/* A copy of 'len' bytes that may be written to, with 'more' bytes behind them; Lua frees it. */
static char *copy (lua_State *L, const char *text, size_t len, const char *more) {
  size_t more_len = strlen(more) + 1;
  char *bytes = (char *)lua_newuserdata(L, len + more_len);
  memcpy(bytes, text, len);
  memcpy(bytes + len, more, more_len);
  return bytes;
}

/* == Files and folders == */

/* system.write_private(path, bytes) -> true | nil, code, message
** Writes a file that only its owner can read, mode 0600, in one step: whoever reads sees all
** of the old file or all of the new one, whatever goes wrong. A symbolic link is followed.
** Codes: "no_space" (also: a quota, a limit of sizes), "denied", "not_found" (the folder),
** "no_memory", "io". */
static int l_write_private (lua_State *L) {
  size_t path_len, len;
  const char *path = check_path(L, &path_len);
  const char *bytes = luaL_checklstring(L, 2, &len);
  char target[PATH_MAX];
  int error = gr_follow(path, path_len, target);
  if (error == 0) error = gr_write_private(target, copy(L, target, strlen(target), GR_TEMPORARY), bytes, len);
  return error == 0 ? succeed(L) : fail(L, path, error);
}

/* system.is_private(path) -> boolean | nil, code, message
** Whether nobody but a file's owner can read or write it. Codes: as those of write_private. */
static int l_is_private (lua_State *L) {
  size_t len;
  int is_private;
  const char *path = check_path(L, &len);
  int error = gr_is_private(path, &is_private);
  if (error != 0) return fail(L, path, error);
  lua_pushboolean(L, is_private);
  return 1;
}

/* system.make_folder(path) -> true | nil, code, message
** Makes a folder, and those above it that are missing, each for its owner alone, mode 0700.
** One that is there is left as it is. Codes: as those of write_private. */
static int l_make_folder (lua_State *L) {
  size_t len;
  const char *path = check_path(L, &len);
  int error = gr_make_folder(copy(L, path, len, ""));
  return error == 0 ? succeed(L) : fail(L, path, error);
}

/* == Locks == */

/* lock:close(): lets the next one have it. Safe to repeat. */
static int lock_close (lua_State *L) {
  gr_lock_close((gr_lock *)luaL_checkudata(L, 1, LOCK));
  return 0;
}

/* system.lock(path) -> lock | nil, code, message
** Waits, without an end, until no other process (and no other lock of this one) holds the
** lock on a file, and holds it until lock:close(), or the end of the process. The file is made
** where it is missing, mode 0600, and stays; it is for the lock alone. Codes: as those of
** write_private. */
static int l_lock (lua_State *L) {
  size_t len;
  const char *path = check_path(L, &len);
  gr_lock *lock = (gr_lock *)lua_newuserdata(L, sizeof *lock);
  lock->fd = -1;
  luaL_getmetatable(L, LOCK);
  lua_setmetatable(L, -2);
  int error = gr_keep(L, lock_close) ? gr_lock_open(lock, path) : ECANCELED;
  return error == 0 ? 1 : fail(L, path, error);
}

/* == Terminals == */

/* system.is_terminal(fd) -> boolean
** fd: 0 standard input, 1 standard output, 2 standard error */
static int l_is_terminal (lua_State *L) {
  lua_pushboolean(L, isatty(check_fd(L)));
  return 1;
}

/* system.terminal_width(fd) -> columns, or nil where fd is no terminal or one that does not
** know its width */
static int l_terminal_width (lua_State *L) {
  struct winsize size;
  if (ioctl(check_fd(L), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) lua_pushinteger(L, size.ws_col);
  else lua_pushnil(L);
  return 1;
}

/* system.end_on_broken_pipe()
** A program whose output nobody reads any more (it is piped into head, say) ends without a
** word from here on, as others do, also where whoever started it had switched that off.
** Broken network connections do not end it: libcurl and the listener hold the signal off. */
static int l_end_on_broken_pipe (lua_State *L) {
  (void)L;
  signal(SIGPIPE, SIG_DFL);
  return 0;
}

/* system.output_failed() -> boolean
** Whether something that was printed could not be written, whoever printed it: Lua's own print
** does not tell. */
static int l_output_failed (lua_State *L) {
  lua_pushboolean(L, ferror(stdout));
  return 1;
}

/* == Signals, limits and names == */

/* system.interrupt_on_end()
** What asks the program to end (SIGTERM), and the end of its terminal (SIGHUP), are from here on
** what Ctrl-C is: Lua's own program makes of that an error, 'interrupted!', which can be caught. */
static int l_interrupt_on_end (lua_State *L) {
  (void)L;
  gr_interrupt_on_end();
  return 0;
}

static gr_signals *check_signals (lua_State *L) {
  return (gr_signals *)luaL_checkudata(L, 1, SIGNALS);
}

/* signals:fd() -> a descriptor that becomes readable when a signal is noted, and stays so; nil once closed */
static int signals_fd (lua_State *L) {
  gr_signals *s = check_signals(L);
  if (s->fds[0] < 0) lua_pushnil(L);
  else lua_pushinteger(L, s->fds[0]);
  return 1;
}

/* signals:caught() -> "SIGINT", "SIGTERM" or nil. "SIGINT" also when Lua's own interpreter interrupts the
** script. */
static int signals_caught (lua_State *L) {
  int sig = gr_signals_caught(check_signals(L));
  if (sig == 0) lua_pushnil(L);
  else lua_pushstring(L, sig == SIGINT ? "SIGINT" : "SIGTERM");
  return 1;
}

/* signals:close(): from here on they end the program as before. Safe to repeat. */
static int signals_close (lua_State *L) {
  gr_signals_close(check_signals(L));
  return 0;
}

/* system.signals() -> signals | nil, code, message
** SIGINT and SIGTERM are noted instead of ending the program at once, until signals:close(); the second of a
** kind ends it. A signal that the program ignores or has a handler for stays as it is: that of Ctrl-C has
** one in Lua's own interpreter. Only the first of several that are open notes anything. Codes: as those of
** write_private. */
static int l_signals (lua_State *L) {
  gr_signals *s = (gr_signals *)lua_newuserdata(L, sizeof *s);
  s->fds[0] = s->fds[1] = -1;
  luaL_getmetatable(L, SIGNALS);
  lua_setmetatable(L, -2);
  int error = gr_keep(L, signals_close) ? gr_signals_open(s) : ECANCELED;
  return error == 0 ? 1 : fail(L, "a pipe", error);
}

/* system.raise_descriptor_limit() -> the limit
** Lets the process open as many files and connections as it may: its soft limit becomes the hard one. */
static int l_raise_descriptor_limit (lua_State *L) {
  unsigned long long limit = gr_raise_descriptor_limit();
  lua_pushnumber(L, (lua_Number)limit);
  return 1;
}

/* system.resolve(host) -> array of IP addresses as text, at most 16 | nil, code, message
** Asks the system's resolver, and waits for its answer. Codes: "not_found" (there is no such
** name, or nobody knows of it now), "no_memory". */
static int l_resolve (lua_State *L) {
  size_t len;
  int count = 0;
  gr_address addresses[GR_MAX_ADDRESSES];
  const char *host = luaL_checklstring(L, 1, &len);
  luaL_argcheck(L, len > 0 && memchr(host, '\0', len) == NULL, 1, "a host's name expected");
  int error = gr_resolve(host, addresses, &count);
  if (error != 0) {
    lua_pushnil(L);
    lua_pushstring(L, error == EAI_MEMORY ? "no_memory" : "not_found");
    lua_pushfstring(L, "%s: %s", host, gai_strerror(error));
    return 3;
  }
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    lua_pushstring(L, addresses[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static const luaL_Reg lock_meta[] = {{"__close", lock_close}, {"__gc", lock_close}, {NULL, NULL}};
static const luaL_Reg lock_methods[] = {{"close", lock_close}, {NULL, NULL}};
static const luaL_Reg signals_meta[] = {{"__close", signals_close}, {"__gc", signals_close}, {NULL, NULL}};
static const luaL_Reg signals_methods[] = {
  {"caught", signals_caught}, {"close", signals_close}, {"fd", signals_fd}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"end_on_broken_pipe", l_end_on_broken_pipe},
  {"interrupt_on_end", l_interrupt_on_end}, {"is_private", l_is_private}, {"is_terminal", l_is_terminal},
  {"lock", l_lock}, {"make_folder", l_make_folder}, {"output_failed", l_output_failed},
  {"raise_descriptor_limit", l_raise_descriptor_limit}, {"resolve", l_resolve}, {"signals", l_signals},
  {"terminal_width", l_terminal_width}, {"write_private", l_write_private}, {NULL, NULL}};

GR_EXPORT int luaopen_gumroad_system (lua_State *L) {
  gr_open_keeper(L);
  gr_newclass(L, LOCK, lock_meta, lock_methods);
  gr_newclass(L, SIGNALS, signals_meta, signals_methods);
  lua_newtable(L);
  gr_setfuncs(L, functions);
  return 1;
}
