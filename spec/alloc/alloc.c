/* Runs script.lua again and again. Each time, another allocation of the Lua state fails, or another
** system call that creates or watches a descriptor, locks a file or flushes it. Nothing may crash, and
** when the state is closed, no memory (including libcurl's), no descriptor and, in freed memory, no header
** with a token may be left.
** libcurl's own allocations do not fail here, because at least up to 7.88 it then divides by zero.
** usage: alloc script.lua [stride]    (stride: try only every stride-th point) */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <curl/curl.h>
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

enum {
  LONGEST_RUN = 60
}; /* seconds; whatever waits longer, such as for a lock that a run before left, ends the test */

/* A kind of call that can fail: the calls from 'first' to 'last' fail, counted from 1. */
typedef struct gr_faults {
  long count, first, last;
} gr_faults;

static gr_faults lua_faults, fd_faults;
static int armed;
static size_t lua_live, curl_live;
static int tokens_left; /* headers with a token that were freed without being wiped */

static int fails (gr_faults *f) {
  if (!armed) return 0;
  f->count++;
  return f->count >= f->first && f->count <= f->last;
}

static void *lua_memory (void *ud, void *p, size_t old, size_t size) {
  (void)ud;
  if (p == NULL) old = 0; /* then it is the kind of the object */
  if (size == 0) {
    free(p);
    lua_live -= old;
    return NULL;
  }
  if (size > old && fails(&lua_faults)) return NULL; /* shrinking must not fail */
  p = realloc(p, size);
  lua_live += size - old;
  return p;
}

/* libcurl does not pass sizes, so they are stored before the block. */
enum { BEFORE = 16 };

static void *curl_realloc_memory (void *p, size_t size) {
  char *block = p ? (char *)p - BEFORE : NULL;
  size_t old = 0;
  if (block) memcpy(&old, block, sizeof old);
  block = (char *)realloc(block, size + BEFORE);
  memcpy(block, &size, sizeof size);
  curl_live += size - old;
  return block + BEFORE;
}

static void *curl_malloc_memory (size_t size) {
  return curl_realloc_memory(NULL, size);
}

static void *curl_calloc_memory (size_t n, size_t size) {
  return memset(curl_realloc_memory(NULL, n * size), 0, n * size);
}

static char *curl_strdup_memory (const char *s) {
  return strcpy((char *)curl_realloc_memory(NULL, strlen(s) + 1), s);
}

static void curl_free_memory (void *p) {
  static const char header[] = "Authorization: Bearer ";
  size_t size;
  if (p == NULL) return;
  memcpy(&size, (char *)p - BEFORE, sizeof size);
  curl_live -= size;
  if (size > sizeof header && memcmp(p, header, sizeof header - 1) == 0) tokens_left++;
  free((char *)p - BEFORE);
}

/* These replace the functions of the C library, even for the modules. */

int epoll_create1 (int flags) {
  if (fails(&fd_faults)) {
    errno = EMFILE;
    return -1;
  }
  return (int)syscall(SYS_epoll_create1, flags);
}

int timerfd_create (clockid_t clock, int flags) {
  if (fails(&fd_faults)) {
    errno = EMFILE;
    return -1;
  }
  return (int)syscall(SYS_timerfd_create, clock, flags);
}

int epoll_ctl (int epoll_fd, int op, int fd, struct epoll_event *event) {
  if (op != EPOLL_CTL_DEL && fails(&fd_faults)) {
    errno = ENOSPC;
    return -1;
  }
  return (int)syscall(SYS_epoll_ctl, epoll_fd, op, fd, event);
}

int socket (int domain, int type, int protocol) {
  if (fails(&fd_faults)) {
    errno = EMFILE;
    return -1;
  }
  return (int)syscall(SYS_socket, domain, type, protocol);
}

int pipe (int fds[2]) {
  if (fails(&fd_faults)) {
    errno = EMFILE;
    return -1;
  }
  return (int)syscall(SYS_pipe2, fds, 0);
}

int flock (int fd, int operation) {
  if (operation != LOCK_UN && fails(&fd_faults)) {
    errno = ENOLCK;
    return -1;
  }
  return (int)syscall(SYS_flock, fd, operation);
}

int fsync (int fd) {
  if (fails(&fd_faults)) {
    errno = EIO;
    return -1;
  }
  return (int)syscall(SYS_fsync, fd);
}

static int descriptors (void) {
  int n = 0;
  DIR *dir = opendir("/proc/self/fd");
  while (readdir(dir) != NULL) n++;
  closedir(dir);
  return n;
}

/* Lua 5.2 frees its call frames in each full collection. If it then gets no memory for the frame of a
** finalizer, it drops the object without calling the finalizer, and no library can do anything about it.
** So finalizers run only in collections that the script requests, and allocations do not fail in those. */
#if LUA_VERSION_NUM == 502
static int collect (lua_State *L) {
  armed = 0;
  lua_gc(L, LUA_GCCOLLECT, 0);
  armed = 1;
  return 0;
}
#endif

/* Runs the script in a new state. Prints the error unless it may fail. */
static int run (const char *script, int checking, int may_fail) {
  alarm(LONGEST_RUN);
  lua_State *L = lua_newstate(lua_memory, NULL);
  if (L == NULL) {
    printf("this Lua does not accept an allocator, so nothing was tested\n");
    exit(1);
  }
  luaL_openlibs(L);
#ifdef LUA_JITLIBNAME /* LuaJIT writes past the end of a stack that cannot grow */
  lua_checkstack(L, 2000);
#endif
#if LUA_VERSION_NUM == 502
  lua_gc(L, LUA_GCSTOP, 0);
  lua_register(L, "collectgarbage", collect);
#endif
  int failed = luaL_loadfile(L, script);
  lua_pushboolean(L, checking);
  if (!failed) {
    armed = 1;
    failed = lua_pcall(L, 1, 0, 0);
    armed = 0;
  }
  if (failed && !may_fail) printf("%s\n", lua_tostring(L, -1));
  lua_close(L);
#ifdef LUA_JITLIBNAME /* when LuaJIT is out of memory, it frees blocks with other sizes; valgrind finds no leak */
  lua_live = 0;
#endif
  return !failed;
}

/* Lets 'width' calls of a kind fail, starting with the first, the second, and so on, until the script makes
** fewer calls than that. */
static int test (const char *name, const char *script, gr_faults *f, long width, long stride) {
  size_t curl_before = curl_live;
  int before = descriptors(), bad = 0, passed = 0;
  long n;
  for (n = 1;; n += stride) {
    f->count = 0;
    f->first = n;
    f->last = n + width - 1;
    int ok = run(script, 0, 1);
    if (lua_live || curl_live != curl_before || descriptors() != before) {
      printf("%s: leak at %ld: %zu bytes of Lua, %zu of libcurl, %d descriptors\n", name, n, lua_live,
        curl_live - curl_before, descriptors() - before);
      bad = 1;
      break;
    }
    if (f->count < n) {
      if (!ok) {
        printf("%s: the script fails although nothing else does\n", name);
        bad = 1;
      }
      break;
    }
    passed += ok;
  }
  f->first = f->last = 0;
  printf("%s fails: %ld points, the script succeeded at %d: %s\n", name, n - 1, passed,
    bad ? "FAILED" : "no crash, no leak");
  return bad;
}

int main (int argc, char **argv) {
  const char *script = argc > 1 ? argv[1] : "spec/alloc/script.lua";
  long stride = argc > 2 ? atol(argv[2]) : 1;
  setvbuf(stdout, NULL, _IOLBF, 0);
  curl_global_init_mem(CURL_GLOBAL_DEFAULT, curl_malloc_memory, curl_free_memory, curl_realloc_memory,
    curl_strdup_memory, curl_calloc_memory);
  if (!run(script, 1, 0) || !run(script, 0, 0)) return 1; /* libraries allocate what they keep */
  int bad = test("an allocation", script, &lua_faults, 1, stride);
  bad |= test("an allocation, also after a collection,", script, &lua_faults, 2, stride);
  bad |= test("a descriptor", script, &fd_faults, 1, stride);
  if (tokens_left > 0) printf("%d tokens were left in freed memory: FAILED\n", tokens_left);
  bad |= tokens_left > 0;
  return bad;
}
