/* gumroad.system: what the library and its command need of the operating system and Lua
** lacks: files that only their owner can read and that are never half written, locks between
** processes, terminals, names. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netdb.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "module.h"

#define LOCK "gumroad.system.lock"
#define SUFFIX ".XXXXXX"  /* of a temporary file, as mkostemp wants it */

static const char *code_of (int error) {
  switch (error) {
    case ENOSPC: case EDQUOT: case EFBIG: return "no_space";
    case EACCES: case EPERM: case EROFS: return "denied";
    case ENOENT: case ENOTDIR: return "not_found";
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

/*
** Files and folders. These functions return 0 or errno, and know nothing of Lua.
*/

static int write_all (int fd, const char *bytes, size_t len) {
  while (len > 0) {
    ssize_t n = write(fd, bytes, len);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    bytes += n;
    len -= (size_t)n;
  }
  return fsync(fd) == 0 ? 0 : errno;
}

/* Writes 'bytes' to a new file beside the old one; its name replaces 'temporary', a template. */
static int write_beside (char *temporary, const char *bytes, size_t len) {
  int fd = mkostemp(temporary, O_CLOEXEC);  /* O_EXCL, mode 0600 */
  if (fd < 0) return errno;
  int error = write_all(fd, bytes, len);
  if (close(fd) != 0 && error == 0) error = errno;
  if (error != 0) unlink(temporary);
  return error;
}

/* Makes a rename in a folder last through a power cut, where the system can. */
static void sync_folder_of (char *path) {
  char *slash = strrchr(path, '/');
  if (slash != NULL) slash[slash == path] = '\0';  /* the root keeps its slash */
  int fd = open(slash != NULL ? path : ".", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

static int make_one (const char *path) {
  struct stat there;
  if (mkdir(path, 0700) == 0) return 0;
  int error = errno;  /* which need not be EEXIST for a folder that exists, on some systems */
  if (stat(path, &there) == 0) return S_ISDIR(there.st_mode) ? 0 : ENOTDIR;
  return error;
}

static int make_all (char *path) {
  for (char *p = path + 1; *p != '\0'; p++) {
    if (*p != '/') continue;
    *p = '\0';
    int error = make_one(path);
    *p = '/';
    if (error != 0) return error;
  }
  return make_one(path);
}

/* system.write_private(path, bytes) -> true | nil, code, message
** Writes a file that only its owner can read, mode 0600, in one step: whoever reads sees all
** of the old file or all of the new one, whatever goes wrong. A symbolic link is replaced.
** Codes: "no_space" (also: a quota, a limit of sizes), "denied", "not_found" (the folder),
** "no_memory", "io". */
static int l_write_private (lua_State *L) {
  size_t path_len, len;
  const char *path = check_path(L, &path_len);
  const char *bytes = luaL_checklstring(L, 2, &len);
  char *temporary = copy(L, path, path_len, SUFFIX);
  int error = write_beside(temporary, bytes, len);
  if (error == 0 && rename(temporary, path) != 0) {
    error = errno;
    unlink(temporary);
  }
  if (error != 0) return fail(L, path, error);
  sync_folder_of(temporary);
  return succeed(L);
}

/* system.is_private(path) -> boolean | nil, code, message
** Whether nobody but a file's owner can read or write it. Codes: as those of write_private. */
static int l_is_private (lua_State *L) {
  size_t len;
  struct stat there;
  const char *path = check_path(L, &len);
  if (stat(path, &there) != 0) return fail(L, path, errno);
  lua_pushboolean(L, (there.st_mode & (S_IRWXG | S_IRWXO)) == 0);
  return 1;
}

/* system.make_folder(path) -> true | nil, code, message
** Makes a folder, and those above it that are missing, each for its owner alone, mode 0700.
** One that is there is left as it is. Codes: as those of write_private. */
static int l_make_folder (lua_State *L) {
  size_t len;
  const char *path = check_path(L, &len);
  int error = make_all(copy(L, path, len, ""));
  return error == 0 ? succeed(L) : fail(L, path, error);
}

/*
** Locks
*/

typedef struct gr_Lock {
  int fd;  /* -1 while closed */
  pid_t pid;  /* who locked: a forked child must not unlock for its parent */
} gr_Lock;

static int lock_file (gr_Lock *lock, const char *path) {
  lock->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock->fd < 0) return errno;
  while (flock(lock->fd, LOCK_EX) != 0)
    if (errno != EINTR) return errno;
  return 0;
}

/* lock:close(): lets the next one have it. Safe to repeat. */
static int lock_close (lua_State *L) {
  gr_Lock *lock = (gr_Lock *)luaL_checkudata(L, 1, LOCK);
  if (lock->fd >= 0) {
    if (lock->pid == getpid()) flock(lock->fd, LOCK_UN);  /* a child may share the descriptor */
    close(lock->fd);
  }
  lock->fd = -1;
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
  gr_Lock *lock = (gr_Lock *)lua_newuserdata(L, sizeof *lock);
  lock->fd = -1;
  lock->pid = getpid();
  luaL_getmetatable(L, LOCK);
  lua_setmetatable(L, -2);
  int error = lock_file(lock, path);
  if (error == 0) return 1;
  if (lock->fd >= 0) close(lock->fd);
  lock->fd = -1;
  return fail(L, path, error);
}

/*
** Terminals
*/

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

/*
** Signals
*/

/* Of these the first alone counts: a terminal that closes may send one more from its shell,
** and what was begun is still to be ended well. */
static void interrupt (int sig) {
  static volatile sig_atomic_t interrupted = 0;
  (void)sig;
  if (interrupted) return;
  interrupted = 1;
  raise(SIGINT);
}

static void interrupt_on (int sig) {
  struct sigaction action;
  if (sigaction(sig, NULL, &action) != 0 || action.sa_handler == SIG_IGN) return;  /* of nohup, say */
  memset(&action, 0, sizeof action);
  action.sa_handler = interrupt;
  sigemptyset(&action.sa_mask);
  sigaction(sig, &action, NULL);
}

/* system.interrupt_on_end()
** What asks the program to end (SIGTERM), and the end of its terminal (SIGHUP), are from here on
** what Ctrl-C is: Lua's own program makes of that an error, 'interrupted!', which can be caught. */
static int l_interrupt_on_end (lua_State *L) {
  (void)L;
  interrupt_on(SIGTERM);
  interrupt_on(SIGHUP);
  return 0;
}

/*
** Names
*/

enum { MAX_ADDRESSES = 16 };

/* Writes the addresses of the list as texts; returns how many. */
static int read_addresses (const struct addrinfo *list, char texts[][INET6_ADDRSTRLEN]) {
  int n = 0;
  for (; list != NULL && n < MAX_ADDRESSES; list = list->ai_next) {
    const void *bytes = list->ai_family == AF_INET6
      ? (const void *)&((const struct sockaddr_in6 *)(const void *)list->ai_addr)->sin6_addr
      : (const void *)&((const struct sockaddr_in *)(const void *)list->ai_addr)->sin_addr;
    if (inet_ntop(list->ai_family, bytes, texts[n], INET6_ADDRSTRLEN) != NULL) n++;
  }
  return n;
}

/* system.resolve(host) -> array of IP addresses as text, at most 16 | nil, code, message
** Asks the system's resolver, and waits for its answer. Codes: "not_found" (there is no such
** name, or nobody knows of it now), "no_memory". */
static int l_resolve (lua_State *L) {
  size_t len;
  const char *host = luaL_checklstring(L, 1, &len);
  luaL_argcheck(L, len > 0 && memchr(host, '\0', len) == NULL, 1, "a host's name expected");
  char texts[MAX_ADDRESSES][INET6_ADDRSTRLEN];  /* nothing is pushed while libc owns the list */
  struct addrinfo hints, *list = NULL;
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  int error = getaddrinfo(host, NULL, &hints, &list);
  if (error != 0) {
    lua_pushnil(L);
    lua_pushstring(L, error == EAI_MEMORY ? "no_memory" : "not_found");
    lua_pushfstring(L, "%s: %s", host, gai_strerror(error));
    return 3;
  }
  int n = read_addresses(list, texts);
  freeaddrinfo(list);
  lua_createtable(L, n, 0);
  for (int i = 0; i < n; i++) {
    lua_pushstring(L, texts[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static const luaL_Reg lock_meta[] = { { "__close", lock_close }, { "__gc", lock_close }, { NULL, NULL } };
static const luaL_Reg lock_methods[] = { { "close", lock_close }, { NULL, NULL } };
static const luaL_Reg functions[] = {
  { "end_on_broken_pipe", l_end_on_broken_pipe }, { "interrupt_on_end", l_interrupt_on_end },
  { "is_private", l_is_private }, { "is_terminal", l_is_terminal }, { "lock", l_lock },
  { "make_folder", l_make_folder }, { "output_failed", l_output_failed }, { "resolve", l_resolve },
  { "terminal_width", l_terminal_width }, { "write_private", l_write_private }, { NULL, NULL }
};

GR_EXPORT int luaopen_gumroad_system (lua_State *L) {
  gr_newclass(L, LOCK, lock_meta, lock_methods);
  lua_newtable(L);
  gr_setfuncs(L, functions);
  return 1;
}
