/* The engine: every HTTP request of a Lua state, over one libcurl multi handle. Connections
** are kept and shared, and all of it waits behind one descriptor (poller.h).
**
** libcurl's callbacks run no Lua: they copy bytes into the transfer and take note. What can
** raise happens before, or while a userdata with __gc owns what would leak. */
#include "buffer.h"
#include "clock.h"
#include "core.h"
#include "file.h"
#include "poller.h"
#include "request.h"
#include "secret.h"
#include "text.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <curl/curl.h>

#define ENGINE "gumroad.engine"
#define TRANSFER "gumroad.transfer"
#define ANSWER "gumroad.client.response"

enum {
  MAX_IDLE = 16,             /* easy handles kept for the next transfers */
  MAX_WATCHED = 16,          /* foreign descriptors nested in ours */
  MAX_HEAD = 128 * 1024,     /* bytes of answer headers */
  MAX_TOKEN = 4096,
  MAX_KNOWN_URL = 256,
  FIRST_BODY = 32 * 1024,    /* a page of the API without growing */
  MAX_SPARE = 256 * 1024     /* the largest buffer that is kept for the next body */
};

typedef struct gr_engine {
  struct gr_poller poller;
  CURLM *multi;              /* NULL while closed */
  int no_signal;             /* see engine_open */
  int closed;                /* for good: the Lua state is closing */
  pid_t pid;                 /* a fork is seen by it */
  long timer_ms;             /* what libcurl asks for; -1: nothing */
  int timer_changed;
  struct gr_transfer *running;
  int running_count, finished;
  CURL *idle[MAX_IDLE];
  int idle_count;
  gr_buffer spare;           /* a body's that was taken: the memory is in the processor's cache */
  struct { int fd, told; } watched[MAX_WATCHED];
  int watched_count;
  struct { char text[MAX_KNOWN_URL]; size_t len; int loopback; } known;  /* a base URL found right */
} gr_engine;

typedef struct gr_transfer {
  gr_engine *engine;         /* NULL unless it runs */
  struct gr_transfer *prev, *next;
  gr_memory memory;
  CURL *easy;
  struct curl_slist *headers;
  struct curl_slist *auth;   /* the node of 'headers' that holds the token */
  gr_buffer head, body;
  int head_over;             /* its empty line has come */
  size_t max_body;
  struct gr_file file;       /* what is sent, where it is no string */
  curl_off_t uploaded;
  const char *failure;       /* our own reason to stop: a code of result() */
  int head_too_large;
  CURLcode code;
  int finished, taken;
  long status, connect_ms, total_ms;
  long stall_s;              /* in place of total_ms, or 0 */
  double deadline;           /* on the clock of gr_now() */
  double seconds;
  int sent;                  /* something of the request may have reached the server */
  char error[CURL_ERROR_SIZE];
} gr_transfer;

static char engine_key;      /* its address: where the registry keeps the engine */

/* Callbacks of libcurl: no Lua in here --------------------------------------------- */

static int append_body (gr_transfer *t, const char *data, size_t len) {
  if (t->body.cap == 0 && !gr_buffer_reserve(&t->body, &t->memory, FIRST_BODY)) return 0;
  return gr_buffer_append(&t->body, &t->memory, data, len);
}

static size_t on_body (char *data, size_t size, size_t nmemb, void *ud) {
  gr_transfer *t = (gr_transfer *)ud;
  size_t n = size * nmemb;
  if (t->body.data == NULL) {
    t->body = t->engine->spare;
    memset(&t->engine->spare, 0, sizeof t->engine->spare);
  }
  if (n > t->max_body - t->body.len) t->failure = "too_large";
  else if (!append_body(t, data, n)) t->failure = "memory";
  return t->failure ? 0 : n;
}

static size_t on_header (char *data, size_t size, size_t nmemb, void *ud) {
  gr_transfer *t = (gr_transfer *)ud;
  size_t n = size * nmemb;
  if (n >= 5 && memcmp(data, "HTTP/", 5) == 0) t->head.len = 0;  /* after a 100 or 103 */
  else if (t->head_over) return n;  /* of a trailer, which may say less than a header */
  t->head_over = n <= 2;
  if (n > MAX_HEAD - t->head.len) {
    t->failure = "too_large";
    t->head_too_large = 1;
  }
  else if (!gr_buffer_append(&t->head, &t->memory, data, n)) t->failure = "memory";
  return t->failure ? 0 : n;
}

static size_t on_read (char *out, size_t size, size_t nmemb, void *ud) {
  gr_transfer *t = (gr_transfer *)ud;
  ssize_t n = gr_file_read(&t->file, out, size * nmemb);
  if (n >= 0) return (size_t)n;
  t->failure = "file";
  return CURL_READFUNC_ABORT;
}

/* Where libcurl has to send a body anew, on another connection. */
static int on_seek (void *ud, curl_off_t at, int origin) {
  gr_transfer *t = (gr_transfer *)ud;
  return origin == SEEK_SET && gr_file_seek(&t->file, (off_t)at) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

static int find_watched (const gr_engine *e, int fd) {
  for (int i = 0; i < e->watched_count; i++)
    if (e->watched[i].fd == fd) return i;
  return -1;
}

static void forget_watched (gr_engine *e, int at) {
  e->watched[at] = e->watched[--e->watched_count];
}

static int on_socket (CURL *easy, curl_socket_t fd, int what, void *ud, void *socket_ud) {
  gr_engine *e = (gr_engine *)ud;
  int events = what == CURL_POLL_IN ? GR_READ : what == CURL_POLL_OUT ? GR_WRITE
             : what == CURL_POLL_INOUT ? GR_READ | GR_WRITE : 0;
  int stale = find_watched(e, (int)fd);
  (void)easy; (void)socket_ud;
  if (stale >= 0) forget_watched(e, stale);  /* it was closed, and its number is libcurl's now */
  return gr_poller_watch(&e->poller, (int)fd, events) == 0 ? 0 : -1;
}

static int on_timer (CURLM *multi, long ms, void *ud) {
  gr_engine *e = (gr_engine *)ud;
  (void)multi;
  e->timer_ms = ms;
  e->timer_changed = 1;
  return 0;
}

static void arm_timer (gr_engine *e) {
  if (!e->timer_changed || e->running_count == 0) return;  /* idle connections wait for the next call */
  e->timer_changed = 0;
  gr_poller_timer(&e->poller, e->timer_ms);
}

/* Engine: opening, fork, closing ---------------------------------------------------- */

static const char *engine_open (gr_engine *e) {
  if (gr_poller_open(&e->poller) != 0) return "cannot make a descriptor to wait on (too many open files?)";
  e->multi = curl_multi_init();
  if (e->multi == NULL) { gr_poller_close(&e->poller); return gr_no_memory; }
  curl_multi_setopt(e->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(e->multi, CURLMOPT_SOCKETDATA, e);
  curl_multi_setopt(e->multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(e->multi, CURLMOPT_TIMERDATA, e);
  curl_multi_setopt(e->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  /* A library must not take SIGALRM, which a libcurl that resolves names without threads does
  ** unless told not to. Others are not told: they would no longer hold off SIGPIPE. */
  e->no_signal = (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_ASYNCHDNS) == 0;
  e->pid = getpid();
  e->timer_ms = -1;
  return NULL;
}

static void unlink_transfer (gr_transfer *t) {
  gr_engine *e = t->engine;
  if (t->prev) t->prev->next = t->next; else e->running = t->next;
  if (t->next) t->next->prev = t->prev;
  t->prev = t->next = NULL;
  t->engine = NULL;
  e->running_count--;
}

/* What libcurl knows of a transfer that ends here. */
static void take_notes (gr_transfer *t) {
  double pretransfer = 0;
  long request_bytes = 0;
  curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &t->status);
  curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME, &t->seconds);
  curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME, &pretransfer);
  curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
  curl_easy_getinfo(t->easy, CURLINFO_SIZE_UPLOAD_T, &t->uploaded);
  t->sent = pretransfer > 0 || request_bytes > 0;
}

static void fail_transfer (gr_transfer *t, const char *code, const char *message) {
  take_notes(t);
  t->finished = 1;
  t->failure = code;
  snprintf(t->error, sizeof t->error, "%s", message);
}

/* Ends a transfer from outside; its easy handle stays with it. */
static void cancel (gr_transfer *t, const char *code, const char *message) {
  curl_multi_remove_handle(t->engine->multi, t->easy);
  unlink_transfer(t);
  fail_transfer(t, code, message);
}

/* In a child, the parent's connections are not ours to close: a TLS goodbye on a shared
** socket would end the parent's transfer. So libcurl's handles are left behind. */
static void engine_abandon (gr_engine *e) {
  while (e->running != NULL) {
    gr_transfer *t = e->running;
    unlink_transfer(t);
    fail_transfer(t, "cancelled", "the process was forked while the request was under way");
    t->easy = NULL;
    t->headers = t->auth = NULL;
    gr_file_close(&t->file);
  }
  gr_poller_abandon(&e->poller);
  e->multi = NULL;
  e->idle_count = e->watched_count = 0;
}

static int engine_close (lua_State *L) {
  gr_engine *e = (gr_engine *)luaL_checkudata(L, 1, ENGINE);
  gr_memory memory;
  gr_getmemory(L, &memory);
  e->closed = 1;
  gr_buffer_release(&e->spare, &memory);
  if (e->multi == NULL) return 0;
  if (e->pid != getpid()) { engine_abandon(e); return 0; }
  while (e->running != NULL) cancel(e->running, "cancelled", "the Lua state is closing");
  while (e->idle_count > 0) curl_easy_cleanup(e->idle[--e->idle_count]);
  curl_multi_cleanup(e->multi);
  gr_poller_close(&e->poller);
  e->multi = NULL;
  return 0;
}

/* The engine at stack index 1, usable: opened again if this is a child of a fork. */
static gr_engine *check_engine (lua_State *L) {
  gr_engine *e = (gr_engine *)luaL_checkudata(L, 1, ENGINE);
  if (e->multi != NULL && e->pid == getpid()) return e;
  if (e->closed) luaL_error(L, "the Lua state is closing");  /* a finalizer wants to send */
  if (e->multi != NULL) engine_abandon(e);
  const char *wrong = engine_open(e);
  if (wrong != NULL) luaL_error(L, "%s", wrong);
  return e;
}

/* core.engine() -> the engine of this Lua state, always the same one. */
static int l_engine (lua_State *L) {
  lua_pushlightuserdata(L, &engine_key);
  lua_rawget(L, LUA_REGISTRYINDEX);
  if (!lua_isnil(L, -1)) return 1;
  gr_engine *e = (gr_engine *)lua_newuserdata(L, sizeof *e);
  memset(e, 0, sizeof *e);
  e->poller.fd = e->poller.timer_fd = -1;
  luaL_getmetatable(L, ENGINE);
  lua_setmetatable(L, -2);
  const char *wrong = engine_open(e);
  if (wrong != NULL) return luaL_error(L, "%s", wrong);
  lua_pushlightuserdata(L, &engine_key);
  lua_pushvalue(L, -2);
  lua_rawset(L, LUA_REGISTRYINDEX);
  return 1;
}

/* Transfers: their life -------------------------------------------------------------- */

/* Of the token, this is all that can be wiped: libcurl and the TLS library free their own
** copies of what they send without that. */
static void release_headers (gr_transfer *t) {
  if (t->auth != NULL) gr_wipe(t->auth->data, strlen(t->auth->data));
  curl_slist_free_all(t->headers);
  t->headers = t->auth = NULL;
}

static void release_easy (gr_transfer *t, gr_engine *e) {
  if (t->easy == NULL) return;
  if (e != NULL && e->idle_count < MAX_IDLE) {
    curl_easy_reset(t->easy);  /* forgets the request, keeps its memory */
    e->idle[e->idle_count++] = t->easy;
  }
  else curl_easy_cleanup(t->easy);
  t->easy = NULL;
}

/* Gives back what only a transfer that runs needs. */
static void release (gr_transfer *t, gr_engine *e) {
  release_easy(t, e);
  release_headers(t);
  gr_file_close(&t->file);
}

/* transfer:close(): cancels what still runs. */
static int transfer_close (lua_State *L) {
  gr_transfer *t = (gr_transfer *)luaL_checkudata(L, 1, TRANSFER);
  gr_engine *e = t->engine;
  if (e != NULL && e->pid != getpid()) engine_abandon(e);
  else if (e != NULL) {
    cancel(t, "cancelled", "the request was cancelled");
    release_easy(t, e);
    arm_timer(e);  /* another one may have waited for its connection */
  }
  release(t, NULL);
  gr_buffer_release(&t->head, &t->memory);
  gr_buffer_release(&t->body, &t->memory);
  t->taken = 1;
  return 0;
}

static gr_transfer *new_transfer (lua_State *L) {
  gr_transfer *t = (gr_transfer *)lua_newuserdata(L, sizeof *t);
  memset(t, 0, sizeof *t);  /* from here __gc may meet it, whatever raises next */
  t->file.fd = -1;
  gr_getmemory(L, &t->memory);
  luaL_getmetatable(L, TRANSFER);
  lua_setmetatable(L, -2);
  return t;
}

/* Reading the request table ---------------------------------------------------------- */

enum { ENGINE_AT = 1, REQUEST = 2 };  /* stack indices in engine_send */

static const char *text_field (lua_State *L, const char *name, size_t *len) {
  lua_getfield(L, REQUEST, name);
  if (lua_isnil(L, -1)) return NULL;  /* the value stays on the stack, alive */
  if (lua_type(L, -1) != LUA_TSTRING)
    luaL_error(L, "request.%s: string expected, got %s", name, luaL_typename(L, -1));
  return lua_tolstring(L, -1, len);
}

/* In milliseconds. */
static long seconds_field (lua_State *L, const char *name, double otherwise) {
  lua_getfield(L, REQUEST, name);
  double seconds = lua_isnil(L, -1) ? otherwise : lua_tonumber(L, -1);
  lua_pop(L, 1);
  if (!(seconds > 0)) luaL_error(L, "request.%s: a number of seconds above 0 expected", name);
  double ms = seconds * 1000;
  return ms < 1 ? 1 : ms > INT_MAX ? INT_MAX : (long)ms;
}

static int add_header (gr_transfer *t, const char *line) {
  struct curl_slist *longer = curl_slist_append(t->headers, line);
  if (longer == NULL) return 0;
  t->headers = longer;
  return 1;
}

/* Each returns NULL, or what is wrong with the request. */

static const char *read_headers (lua_State *L, gr_transfer *t) {
  lua_getfield(L, REQUEST, "headers");
  if (lua_isnil(L, -1)) return NULL;
  if (!lua_istable(L, -1)) luaL_error(L, "request.headers: table expected, got %s", luaL_typename(L, -1));
  lua_pushnil(L);
  while (lua_next(L, -2) != 0) {
    if (lua_type(L, -2) != LUA_TSTRING) return "a header name is not a string";
    if (lua_type(L, -1) != LUA_TSTRING) return "a header value is not a string";
    size_t name_len, value_len;
    const char *name = lua_tolstring(L, -2, &name_len), *value = lua_tolstring(L, -1, &value_len);
    const char *wrong = gr_check_header_name(name, name_len);
    if (wrong == NULL) wrong = gr_check_header_value(value, value_len);
    if (wrong != NULL) return wrong;
    int blank = strspn(value, " ") == value_len;  /* libcurl has its own way to send such a one */
    lua_pushfstring(L, blank ? "%s;" : "%s: %s", name, value);
    if (!add_header(t, lua_tostring(L, -1))) return gr_no_memory;
    lua_pop(L, 2);
  }
  return NULL;
}

static const char *read_secret (lua_State *L, gr_transfer *t) {
  static const char before[] = "Authorization: Bearer ";
  char line[sizeof before + MAX_TOKEN];
  size_t len;
  lua_getfield(L, REQUEST, "secret");
  if (lua_isnil(L, -1)) return NULL;
  const char *token = gr_tosecret(L, -1, &len);
  if (token == NULL) return "request.secret: a core.secret expected";
  if (len > MAX_TOKEN) return "the access token is longer than 4096 bytes";
  memcpy(line, before, sizeof before - 1);
  memcpy(line + sizeof before - 1, token, len);
  line[sizeof before - 1 + len] = '\0';
  int added = add_header(t, line);
  gr_wipe(line, sizeof before - 1 + len);
  if (!added) return gr_no_memory;
  for (t->auth = t->headers; t->auth->next != NULL;) t->auth = t->auth->next;
  return NULL;
}

/* Checks the base URL of a path; the one of the request before needs no new check. */
static const char *check_base (gr_engine *e, const char *base, size_t len, int *loopback) {
  if (len == e->known.len && memcmp(base, e->known.text, len) == 0) {
    *loopback = e->known.loopback;
    return NULL;
  }
  const char *wrong = gr_check_base_url(base, len, 1, loopback);
  if (wrong != NULL) return wrong;
  if (len > sizeof e->known.text) return NULL;
  memcpy(e->known.text, base, len);
  e->known.len = len;
  e->known.loopback = *loopback;
  return NULL;
}

static const char *read_url (lua_State *L, gr_transfer *t) {
  size_t base_len = 0, path_len = 0;
  int loopback = 0;
  const char *base = text_field(L, "base_url", &base_len), *path = text_field(L, "path", &path_len);
  if (base == NULL) return "request.base_url is missing";
  const char *wrong = path == NULL ? gr_check_base_url(base, base_len, 0, &loopback)
    : check_base((gr_engine *)lua_touserdata(L, ENGINE_AT), base, base_len, &loopback);
  if (wrong == NULL && path != NULL) wrong = gr_check_path(path, path_len);
  if (wrong != NULL) return wrong;
  while (path != NULL && base_len > 0 && base[base_len - 1] == '/') base_len--;
  lua_pushlstring(L, base, base_len);
  lua_pushlstring(L, path ? path : "", path_len);
  lua_concat(L, 2);
  if (curl_easy_setopt(t->easy, CURLOPT_URL, lua_tostring(L, -1)) != CURLE_OK) return gr_no_memory;
  /* a proxy named in the environment is not asked for what is on this machine */
  if (loopback && curl_easy_setopt(t->easy, CURLOPT_NOPROXY, "*") != CURLE_OK) return gr_no_memory;
  /* rather a stream than one more TLS handshake; without TLS there are no streams to wait for */
  curl_easy_setopt(t->easy, CURLOPT_PIPEWAIT, (long)(strncmp(base, "https:", 6) == 0));
  return NULL;
}

/* A number of bytes in request.file, which is on top of the stack. */
static off_t bytes_field (lua_State *L, const char *name, off_t otherwise) {
  lua_getfield(L, -1, name);
  double n = lua_isnil(L, -1) ? (double)otherwise : lua_isnumber(L, -1) ? lua_tonumber(L, -1) : -1;
  lua_pop(L, 1);
  if (!(n >= 0 && n <= 9007199254740992.0) || n != floor(n))
    luaL_error(L, "request.file.%s: a whole number of bytes expected", name);
  return (off_t)n;
}

/* Opens the file, so that one that cannot be read is told before anything is sent. */
static const char *read_file (lua_State *L, gr_transfer *t) {
  off_t size = 0;
  lua_getfield(L, REQUEST, "file");
  if (lua_isnil(L, -1)) return NULL;
  if (!lua_istable(L, -1)) luaL_error(L, "request.file: table expected, got %s", luaL_typename(L, -1));
  lua_getfield(L, -1, "path");
  const char *path = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
  if (path == NULL || strlen(path) != gr_rawlen(L, -1)) return "request.file.path: a path expected";
  lua_insert(L, -2);
  const char *wrong = gr_file_open(&t->file, path, &size);
  if (wrong == NULL) {
    t->file.offset = bytes_field(L, "offset", 0);
    t->file.length = bytes_field(L, "length", size > t->file.offset ? size - t->file.offset : 0);
    if (t->file.offset <= size && t->file.length <= size - t->file.offset) return NULL;
    wrong = "it is shorter than it was";
  }
  t->failure = "file";
  return lua_pushfstring(L, "cannot read %s: %s", path, wrong);
}

static void send_file (gr_transfer *t) {
  curl_easy_setopt(t->easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(t->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)t->file.length);
  curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_SEEKFUNCTION, on_seek);
  curl_easy_setopt(t->easy, CURLOPT_SEEKDATA, t);
}

static const char *read_method_and_body (lua_State *L, gr_transfer *t) {
  size_t method_len, body_len = 0;
  const char *method = text_field(L, "method", &method_len), *body = text_field(L, "body", &body_len);
  if (method == NULL) return "request.method is missing";
  const char *wrong = gr_check_method(method, method_len);
  if (wrong != NULL) return wrong;
  int head = strcmp(method, "HEAD") == 0;
  int reads = head || strcmp(method, "GET") == 0 || strcmp(method, "DELETE") == 0;
  int file = t->file.fd >= 0;
  if (head && (body != NULL || file)) return "a HEAD request has no body";
  if (file && body != NULL) return "the request has a body and a file";
  if (file) send_file(t);
  else if (body != NULL || !reads) {  /* a PUT without a body says so: Content-Length: 0 */
    curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body_len);
    if (curl_easy_setopt(t->easy, CURLOPT_COPYPOSTFIELDS, body ? body : "") != CURLE_OK)
      return gr_no_memory;
  }
  else if (head) {
    curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(t->easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)0);  /* it only announces one */
  }
  else if (strcmp(method, "GET") == 0) return NULL;  /* as libcurl does by itself */
  return curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, method) == CURLE_OK ? NULL : gr_no_memory;
}

static const char *read_limits (lua_State *L, gr_transfer *t) {
  size_t len;
  const char *ca = text_field(L, "ca_file", &len);
  long timeout = seconds_field(L, "timeout", 30), connect_timeout = seconds_field(L, "connect_timeout", 10);
  long stall = seconds_field(L, "stall_timeout", INT_MAX);
  lua_getfield(L, REQUEST, "max_size");
  double max = lua_isnil(L, -1) ? 10.0 * 1024 * 1024 : lua_isnumber(L, -1) ? lua_tonumber(L, -1) : -1;
  if (!(max >= 0) || max > 1e15 || max > (double)(SIZE_MAX / 2)) return "request.max_size: a number of bytes expected";
  lua_getfield(L, REQUEST, "fresh");
  t->max_body = (size_t)max;
  t->connect_ms = connect_timeout;
  t->total_ms = timeout;
  t->deadline = gr_now() + (double)timeout / 1000;
  if (stall < INT_MAX) {
    t->stall_s = stall / 1000 + (stall % 1000 > 0);
    t->deadline = HUGE_VAL;
    curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_TIME, t->stall_s);
  }
  else curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, timeout);
  curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout);
  curl_easy_setopt(t->easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)max);
  /* libcurl repeats, by itself, a request whose kept connection dies before an answer: a
  ** request that must not be repeated takes a connection of its own */
  curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, (long)lua_toboolean(L, -1));
  if (ca != NULL && curl_easy_setopt(t->easy, CURLOPT_CAINFO, ca) != CURLE_OK) return gr_no_memory;
  return NULL;
}

static const char *set_constants (const gr_engine *e, gr_transfer *t) {
  curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, (long)e->no_signal);
  curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
  curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error);
  curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(t->easy, CURLOPT_BUFFERSIZE, 32768L);  /* a page of sales in one read */
  curl_easy_setopt(t->easy, CURLOPT_PATH_AS_IS, 1L);
#if CURL_AT_LEAST_VERSION(7, 87, 0)
  /* a transfer that ends while its host's name is looked up does not wait for the thread that
  ** does so, as nobody can tell it to stop */
  curl_easy_setopt(t->easy, CURLOPT_QUICK_EXIT, 1L);
#endif
  return curl_easy_setopt(t->easy, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK ? NULL : gr_no_memory;
}

static const char *read_request (lua_State *L, gr_transfer *t) {
  static const char *(*const steps[]) (lua_State *, gr_transfer *) = {
    read_url, read_limits, read_file, read_method_and_body, read_headers, read_secret
  };
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    int top = lua_gettop(L);
    const char *wrong = steps[i](L, t);
    if (wrong != NULL) return wrong;
    lua_settop(L, top);
  }
  if (!add_header(t, "Expect:")) return gr_no_memory;  /* no pause before a body */
  return set_constants((const gr_engine *)lua_touserdata(L, ENGINE_AT), t);
}

/* Running ------------------------------------------------------------------------------ */

static void finish (gr_engine *e, gr_transfer *t, CURLcode code) {
  take_notes(t);
  t->code = code;
  t->finished = 1;
  curl_multi_remove_handle(e->multi, t->easy);
  unlink_transfer(t);
  release(t, e);
  e->finished++;
}

static void collect_finished (gr_engine *e) {
  int left;
  CURLMsg *m;
  while ((m = curl_multi_info_read(e->multi, &left)) != NULL) {
    gr_transfer *t = NULL;
    if (m->msg != CURLMSG_DONE) continue;
    CURLcode code = m->data.result;  /* 'm' does not outlive the handle's removal */
    curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
    finish(e, t, code);
  }
}

/* libcurl does not hold the time of a transfer that waits for another one's connection. */
static void end_overdue (gr_engine *e) {
  double time = gr_now();
  gr_transfer *next;
  for (gr_transfer *t = e->running; t != NULL; t = next) {
    next = t->next;
    if (time < t->deadline) continue;
    cancel(t, "timeout", "");
    t->code = CURLE_OPERATION_TIMEDOUT;
    release(t, e);
    e->finished++;
  }
}

/* Moves on what a descriptor (or the timer: CURL_SOCKET_TIMEOUT) has called for. */
static void advance (gr_engine *e, curl_socket_t fd, int what) {
  int running;
  /* libcurl gives everything up where a descriptor cannot be watched; this ends each transfer */
  if (curl_multi_socket_action(e->multi, fd, what, &running) != CURLM_OK)
    curl_multi_perform(e->multi, &running);
  collect_finished(e);
  if (fd == CURL_SOCKET_TIMEOUT) end_overdue(e);
}

/* engine:send(request) -> transfer | nil, "config" or "file", message
** Starts a request and sends at once what can be sent. Fields of the request:
**   method           GET, HEAD, POST, PUT, PATCH or DELETE
**   base_url         where to: https, or http where it says so; the only host that is asked
**   path             optional: what follows it, beginning with "/", percent-encoded
**   headers          optional: name -> value
**   body             optional: a string
**   file             optional, in place of body: { path, offset, length }, that stretch of a file
**                    (default: all of it), read from disk as it is sent
**   secret           optional: a core.secret, sent as the Bearer token
**   timeout          seconds for all of it, default 30
**   stall_timeout    optional, in place of timeout: whole seconds in which nothing moves
**   connect_timeout  seconds for the connection, default 10
**   max_size         bytes of the answer's body after decompression, default 10 MiB
**   ca_file          optional: CA bundle; default: libcurl's own
**   fresh            true: on a connection of its own, so that libcurl never repeats it
** A redirect is never followed, so nothing goes to another host. */
static int engine_send (lua_State *L) {
  gr_engine *e = check_engine(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  gr_transfer *t = new_transfer(L);
  t->easy = e->idle_count > 0 ? e->idle[--e->idle_count] : curl_easy_init();
  const char *wrong = t->easy ? read_request(L, t) : gr_no_memory;
  if (wrong == gr_no_memory) return luaL_error(L, "%s", wrong);
  if (wrong != NULL) {
    release(t, e);  /* the collector would leave the file open, as it knows of little memory */
    return gr_fail(L, t->failure ? t->failure : "config", wrong);
  }
  curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
  if (curl_multi_add_handle(e->multi, t->easy) != CURLM_OK) return luaL_error(L, "%s", gr_no_memory);
  t->engine = e;
  t->next = e->running;
  if (e->running) e->running->prev = t;
  e->running = t;
  e->running_count++;
  advance(e, CURL_SOCKET_TIMEOUT, 0);
  arm_timer(e);
  return 1;
}

/* Watched descriptors are told once each, so that a call which waits inside a handler does
** not spin over those that the handler's caller will look at. Here they are told anew. */
static void rewatch (gr_engine *e) {
  for (int i = 0; i < e->watched_count; i++) {
    if (!e->watched[i].told) continue;
    e->watched[i].told = 0;
    gr_poller_watch(&e->poller, e->watched[i].fd, GR_READ | GR_ONCE);
  }
}

/* Lets libcurl do what it is called for; what is left of 'ready', and counted, are watched
** descriptors. */
static int serve (gr_engine *e, struct gr_ready *ready, int n) {
  int left = 0;
  for (int i = 0; i < n; i++) {
    int at = ready[i].fd < 0 ? -1 : find_watched(e, ready[i].fd);
    int what = ((ready[i].events & GR_READ) ? CURL_CSELECT_IN : 0)
             | ((ready[i].events & GR_WRITE) ? CURL_CSELECT_OUT : 0)
             | ((ready[i].events & GR_HANGUP) ? CURL_CSELECT_ERR : 0);
    if (at >= 0) {
      e->watched[at].told = 1;
      ready[left++] = ready[i];
    }
    else if (ready[i].fd < 0) advance(e, CURL_SOCKET_TIMEOUT, 0);
    else advance(e, ready[i].fd, what);
  }
  arm_timer(e);
  return left;
}

static void push_ready (lua_State *L, const struct gr_ready *ready, int n) {
  if (n == 0) { lua_pushnil(L); return; }
  lua_newtable(L);
  for (int i = 0; i < n; i++) {
    lua_pushstring(L, (ready[i].events & GR_HANGUP) ? "hangup" : "readable");
    lua_rawseti(L, -2, ready[i].fd);
  }
}

/* engine:step([seconds [, own]]) -> finished, ready
** Moves every transfer on. Waits for something to happen for at most 'seconds' (default 0:
** only looks). 'finished': how many transfers were finished since the last step; 'ready':
** nil, or which watched descriptors are ready: fd -> "readable" or "hangup". With 'own' it
** is only about transfers: a watched descriptor wakes it once at most. */
static int engine_step (lua_State *L) {
  gr_engine *e = check_engine(L);
  double seconds = luaL_optnumber(L, 2, 0);
  double ms = seconds > 0 ? seconds * 1000 + 0.999 : 0;
  int own = lua_toboolean(L, 3), n;
  struct gr_ready ready[64];
  if (!own) rewatch(e);
  if (e->finished > 0) ms = 0;  /* there is something to tell already */
  n = gr_poller_wait(&e->poller, ready, 64, ms < INT_MAX ? (int)ms : INT_MAX);
  n = serve(e, ready, n);
  push_ready(L, ready, n);  /* may raise: nothing is lost, the next step tells it */
  if (!own) rewatch(e);  /* fd() stays readable as long as they are */
  lua_pushinteger(L, e->finished);
  e->finished = 0;
  lua_insert(L, -2);
  return 2;
}

/* engine:fd() -> a descriptor that is readable when step() has something to do. A step with
** 'own' may have silenced watched descriptors: step without it before waiting on fd(). */
static int engine_fd (lua_State *L) {
  lua_pushinteger(L, check_engine(L)->poller.fd);
  return 1;
}

/* engine:running() -> how many transfers are under way. */
static int engine_running (lua_State *L) {
  lua_pushinteger(L, check_engine(L)->running_count);
  return 1;
}

/* engine:watch(fd): nests a foreign descriptor, such as a listener's, so that step() wakes
** when it is readable or hung up. At most 16. */
static int engine_watch (lua_State *L) {
  gr_engine *e = check_engine(L);
  int fd = (int)luaL_checkinteger(L, 2);
  luaL_argcheck(L, fd >= 0, 2, "a descriptor expected");
  int at = find_watched(e, fd);  /* one that was closed may have had its number */
  luaL_argcheck(L, at >= 0 || e->watched_count < MAX_WATCHED, 2, "16 descriptors are watched already");
  int wrong = gr_poller_watch(&e->poller, fd, GR_READ | GR_ONCE);
  if (wrong != 0) return luaL_error(L, "cannot watch descriptor %d: %s", fd, strerror(wrong));
  if (at < 0) at = e->watched_count++;
  e->watched[at].fd = fd;
  e->watched[at].told = 0;
  return 0;
}

/* engine:unwatch(fd): to be called before the descriptor is closed. */
static int engine_unwatch (lua_State *L) {
  gr_engine *e = check_engine(L);
  int fd = (int)luaL_checkinteger(L, 2), at = find_watched(e, fd);
  if (at < 0) return 0;
  gr_poller_watch(&e->poller, fd, 0);
  forget_watched(e, at);
  return 0;
}

/* Results -------------------------------------------------------------------------------- */

static int is_blank (int c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/* Sets one header of the line [s, end) in the table on top of the stack. */
static void push_header_line (lua_State *L, const char *s, const char *end) {
  char name[256];
  const char *colon = (const char *)memchr(s, ':', (size_t)(end - s));
  size_t name_len = colon ? (size_t)(colon - s) : 0;
  if (name_len == 0 || name_len > sizeof name) return;  /* the empty line, as a rule */
  for (size_t i = 0; i < name_len; i++) name[i] = gr_lower(s[i]);
  const char *value = colon + 1;
  while (value < end && is_blank(*value)) value++;
  while (end > value && is_blank(end[-1])) end--;
  gr_join_header(L, name, name_len, value, (size_t)(end - value));
}

static void push_headers (lua_State *L, const char *head, size_t len) {
  const char *s = head, *end = head + len;
  lua_newtable(L);
  while (s < end) {
    const char *nl = (const char *)memchr(s, '\n', (size_t)(end - s));
    const char *next = nl ? nl + 1 : end;
    if (s != head) push_header_line(L, s, next);  /* the first is the status line */
    s = next;
  }
}

/* __index of an answer: makes its headers of its head when they are asked for, as most calls
** never look at them. */
static int answer_index (lua_State *L) {
  size_t len;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_pushliteral(L, "headers");
  if (!lua_rawequal(L, 2, -1)) return 0;
  lua_getfield(L, 1, "head");
  const char *head = lua_tolstring(L, -1, &len);
  if (head == NULL) return 0;
  push_headers(L, head, len);
  lua_pushvalue(L, -1);
  lua_setfield(L, 1, "headers");
  return 1;
}

static const char *failure_code (const gr_transfer *t) {
  if (t->failure != NULL) return t->failure;
  switch (t->code) {
    case CURLE_OPERATION_TIMEDOUT: return "timeout";
#if CURL_AT_LEAST_VERSION(8, 6, 0)
    case CURLE_TOO_LARGE:
#endif
    case CURLE_FILESIZE_EXCEEDED: return "too_large";
    case CURLE_WRITE_ERROR:  /* our own callback notes why it refuses bytes; this is the decompression's */
    case CURLE_BAD_CONTENT_ENCODING: return "decode";
    case CURLE_PEER_FAILED_VERIFICATION: case CURLE_SSL_CONNECT_ERROR: case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER: case CURLE_SSL_CACERT_BADFILE: case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_ENGINE_NOTFOUND: case CURLE_SSL_ENGINE_SETFAILED: case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_USE_SSL_FAILED: case CURLE_SSL_CRL_BADFILE: case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH: return "tls";
    default: return "network";
  }
}

static void describe_timeout (const gr_transfer *t, char *text, size_t size) {
  long connect_ms = t->stall_s > 0 || t->connect_ms < t->total_ms ? t->connect_ms : t->total_ms;
  if (t->sent && t->stall_s > 0) snprintf(text, size, "nothing moved for %ld seconds", t->stall_s);
  else if (t->sent) snprintf(text, size, "no complete answer within %g seconds", (double)t->total_ms / 1000);
  else snprintf(text, size, "no connection within %g seconds", (double)connect_ms / 1000);
}

static void push_failure_message (lua_State *L, const gr_transfer *t, const char *code) {
  char text[128];
  if (strcmp(code, "timeout") == 0) describe_timeout(t, text, sizeof text);
  else if (strcmp(code, "file") == 0)
    snprintf(text, sizeof text, "the file cannot be read any more: %s",
      t->file.error ? strerror(t->file.error) : "it became shorter while it was sent");
  else if (strcmp(code, "too_large") == 0 && t->head_too_large)
    snprintf(text, sizeof text, "the headers of the answer are larger than %d bytes", (int)MAX_HEAD);
  else if (strcmp(code, "too_large") == 0)
    snprintf(text, sizeof text, "the answer is larger than %.0f bytes", (double)t->max_body);
  else if (t->code == CURLE_WRITE_ERROR)
    snprintf(text, sizeof text, "the answer is not all compressed, or not as it says");
  else if (t->code == CURLE_OUT_OF_MEMORY)  /* a peer can cause it, so it does not raise */
    snprintf(text, sizeof text, "libcurl is out of memory, or a header is too long for it");
  else { lua_pushstring(L, t->error[0] ? t->error : curl_easy_strerror(t->code)); return; }
  lua_pushstring(L, text);
}

static int push_failure (lua_State *L, const gr_transfer *t) {
  const char *code = failure_code(t);
  if (strcmp(code, "memory") == 0) return luaL_error(L, "not enough memory");
  lua_pushnil(L);
  lua_pushstring(L, code);
  push_failure_message(L, t, code);
  lua_createtable(L, 0, 3);
  lua_pushinteger(L, (lua_Integer)t->code); lua_setfield(L, -2, "curl_code");
  lua_pushboolean(L, t->sent); lua_setfield(L, -2, "sent");
  lua_pushnumber(L, t->seconds); lua_setfield(L, -2, "seconds");
  return 4;
}

/* transfer:done() -> whether result() has something to say. */
static int transfer_done (lua_State *L) {
  gr_transfer *t = (gr_transfer *)luaL_checkudata(L, 1, TRANSFER);
  if (t->engine != NULL && t->engine->pid != getpid()) engine_abandon(t->engine);
  lua_pushboolean(L, t->finished);
  return 1;
}

/* transfer:progress() -> how many bytes of the body were sent. */
static int transfer_progress (lua_State *L) {
  gr_transfer *t = (gr_transfer *)luaL_checkudata(L, 1, TRANSFER);
  if (t->engine != NULL && t->engine->pid != getpid()) engine_abandon(t->engine);
  if (t->engine != NULL) curl_easy_getinfo(t->easy, CURLINFO_SIZE_UPLOAD_T, &t->uploaded);
  gr_pushcount(L, t->uploaded);
  return 1;
}

/* Leaves the body's buffer, which was read, to the next transfer. */
static void spare_body (lua_State *L, gr_transfer *t) {
  lua_pushlightuserdata(L, &engine_key);
  lua_rawget(L, LUA_REGISTRYINDEX);
  gr_engine *e = (gr_engine *)lua_touserdata(L, -1);
  lua_pop(L, 1);
  if (e->closed || e->spare.data != NULL || t->body.cap > MAX_SPARE) return;
  e->spare = t->body;
  e->spare.len = 0;
  memset(&t->body, 0, sizeof t->body);
}

/* transfer:result() -> { status, headers, head, body, seconds } | nil, code, message, info
** Once, when done: the answer's bytes are handed over. 'head': as it came, with the status line;
** 'headers': lower-case name -> value, repeated ones joined with ", ". Codes: network, timeout,
** tls, too_large, decode (broken compression), file, cancelled. 'info': curl_code; sent: whether
** anything may have reached the server; seconds. */
static int transfer_result (lua_State *L) {
  gr_transfer *t = (gr_transfer *)luaL_checkudata(L, 1, TRANSFER);
  if (!t->finished) return luaL_error(L, "the transfer is still running");
  if (t->failure != NULL || t->code != CURLE_OK) return push_failure(L, t);
  if (t->taken) return luaL_error(L, "the result was taken already");
  lua_createtable(L, 0, 4);
  lua_pushinteger(L, (lua_Integer)t->status); lua_setfield(L, -2, "status");
  lua_pushnumber(L, t->seconds); lua_setfield(L, -2, "seconds");
  lua_pushlstring(L, t->head.len ? t->head.data : "", t->head.len); lua_setfield(L, -2, "head");
  lua_pushlstring(L, t->body.len ? t->body.data : "", t->body.len); lua_setfield(L, -2, "body");
  luaL_getmetatable(L, ANSWER); lua_setmetatable(L, -2);
  t->taken = 1;  /* memory that the collector does not know of is not kept for it */
  spare_body(L, t);
  gr_buffer_release(&t->head, &t->memory);
  gr_buffer_release(&t->body, &t->memory);
  return 1;
}

/* Module ----------------------------------------------------------------------------------- */

/* core.curl() -> { version, tls, ca_file, http2 }: what libcurl is and can. */
static int l_curl (lua_State *L) {
  const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);
  lua_createtable(L, 0, 4);
  lua_pushstring(L, v->version); lua_setfield(L, -2, "version");
  lua_pushstring(L, v->ssl_version); lua_setfield(L, -2, "tls");
  lua_pushboolean(L, (v->features & CURL_VERSION_HTTP2) != 0); lua_setfield(L, -2, "http2");
#if CURL_AT_LEAST_VERSION(7, 70, 0)
  if (v->age >= CURLVERSION_SEVENTH) { lua_pushstring(L, v->cainfo); lua_setfield(L, -2, "ca_file"); }
#endif
  return 1;
}

static const luaL_Reg meta[] = { { "__gc", engine_close }, { NULL, NULL } };
static const luaL_Reg methods[] = {
  { "send", engine_send }, { "step", engine_step }, { "fd", engine_fd }, { "running", engine_running },
  { "watch", engine_watch }, { "unwatch", engine_unwatch }, { NULL, NULL }
};
static const luaL_Reg transfer_meta[] = {
  { "__gc", transfer_close }, { "__close", transfer_close }, { NULL, NULL }
};
static const luaL_Reg transfer_methods[] = {
  { "close", transfer_close }, { "done", transfer_done }, { "progress", transfer_progress },
  { "result", transfer_result }, { NULL, NULL }
};
static const luaL_Reg answer_meta[] = { { "__index", answer_index }, { NULL, NULL } };
static const luaL_Reg functions[] = { { "engine", l_engine }, { "curl", l_curl }, { NULL, NULL } };

void gr_open_engine (lua_State *L) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) luaL_error(L, "libcurl does not start");
  gr_newclass(L, ENGINE, meta, methods);
  gr_newclass(L, TRANSFER, transfer_meta, transfer_methods);
  luaL_newmetatable(L, ANSWER);
  gr_setfuncs(L, answer_meta);
  lua_pop(L, 1);
  gr_setfuncs(L, functions);
}
