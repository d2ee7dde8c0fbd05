/* gumroad.system: operating system functions that the library and its command need and Lua lacks. */
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

/* Returns a writable copy of 'len' bytes, followed by 'more' bytes. Lua frees it. */
static char *copy (lua_State *L, const char *text, size_t len, const char *more) {
  size_t more_len = strlen(more) + 1;
  char *bytes = (char *)lua_newuserdata(L, len + more_len);
  memcpy(bytes, text, len);
  memcpy(bytes + len, more, more_len);
  return bytes;
}

/* == Files and folders == */

/* system.write_private(path, bytes) -> true | nil, code, message
** Writes a file that only its owner can read, mode 0600, in one step: a reader sees all of the old file or
** all of the new one, whatever goes wrong. Follows a symbolic link. Codes: "no_space" (also for a quota or
** a size limit), "denied", "not_found" (the folder), "no_memory", "io". */
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
** Returns whether only a file's owner can read or write it. Codes are those of write_private. */
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
** Makes a folder and its missing parents, each for its owner alone, mode 0700. An existing folder is left
** as it is. Codes are those of write_private. */
static int l_make_folder (lua_State *L) {
  size_t len;
  const char *path = check_path(L, &len);
  int error = gr_make_folder(copy(L, path, len, ""));
  return error == 0 ? succeed(L) : fail(L, path, error);
}

/* == Locks == */

/* lock:close(): releases the lock for the next process. Safe to repeat. */
static int lock_close (lua_State *L) {
  gr_lock_close((gr_lock *)luaL_checkudata(L, 1, LOCK));
  return 0;
}

/* system.lock(path) -> lock | nil, code, message
** Waits, for any length of time, until no other process (and no other lock of this one) holds the lock on a
** file. Then holds it until lock:close() or the end of the process. A missing file is made, mode 0600, and
** stays; it is for the lock alone. Codes are those of write_private. */
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

/* system.terminal_width(fd) -> columns, or nil if fd is not a terminal or the terminal does not know its
** width */
static int l_terminal_width (lua_State *L) {
  struct winsize size;
  if (ioctl(check_fd(L), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) lua_pushinteger(L, size.ws_col);
  else lua_pushnil(L);
  return 1;
}

/* system.end_on_broken_pipe()
** From here on, the program ends silently when nobody reads its output any more (because it is piped into
** head, for example), as other programs do. This holds even if the process that started it had switched
** that off. Broken network connections do not end it: libcurl and the listener hold the signal off. */
static int l_end_on_broken_pipe (lua_State *L) {
  (void)L;
  signal(SIGPIPE, SIG_DFL);
  return 0;
}

/* system.output_failed() -> boolean
** Returns whether any printed output could not be written, no matter who printed it. Lua's own print does
** not report this. */
static int l_output_failed (lua_State *L) {
  lua_pushboolean(L, ferror(stdout));
  return 1;
}

/* == Signals, limits and names == */

/* system.interrupt_on_end()
** From here on, a request to end the program (SIGTERM) and the end of its terminal (SIGHUP) act like
** Ctrl-C. Lua's own program turns that into an error, 'interrupted!', which can be caught. */
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

/* signals:caught() -> "SIGINT", "SIGTERM" or nil. Returns "SIGINT" also when Lua's own interpreter
** interrupts the script. */
static int signals_caught (lua_State *L) {
  int sig = gr_signals_caught(check_signals(L));
  if (sig == 0) lua_pushnil(L);
  else lua_pushstring(L, sig == SIGINT ? "SIGINT" : "SIGTERM");
  return 1;
}

/* signals:close(): lets the signals end the program again, as before. Safe to repeat. */
static int signals_close (lua_State *L) {
  gr_signals_close(check_signals(L));
  return 0;
}

/* system.signals() -> signals | nil, code, message
** Notes SIGINT and SIGTERM instead of letting them end the program at once, until signals:close(). The
** second signal of a kind ends the program. A signal that the program ignores or handles stays as it is;
** Lua's own interpreter handles that of Ctrl-C. If several of these objects are open, only the first notes
** anything. Codes are those of write_private. */
static int l_signals (lua_State *L) {
  gr_signals *s = (gr_signals *)lua_newuserdata(L, sizeof *s);
  s->fds[0] = s->fds[1] = -1;
  luaL_getmetatable(L, SIGNALS);
  lua_setmetatable(L, -2);
  int error = gr_keep(L, signals_close) ? gr_signals_open(s) : ECANCELED;
  return error == 0 ? 1 : fail(L, "a pipe", error);
}

/* system.raise_descriptor_limit() -> the limit
** Lets the process open as many files and connections as it may: raises its soft limit to the hard limit. */
static int l_raise_descriptor_limit (lua_State *L) {
  unsigned long long limit = gr_raise_descriptor_limit();
  lua_pushnumber(L, (lua_Number)limit);
  return 1;
}

/* system.resolve(host) -> array of IP addresses as text, at most 16 | nil, code, message
** Asks the system's resolver and waits for its reply. Codes: "not_found" (there is no such name, or nobody
** knows it at the moment), "no_memory". */
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
