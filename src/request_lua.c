/* engine:send: reads the request that Lua passes in, and checks all of it before sending anything. */
#include "engine_lua.h"

#include "clock.h"
#include "request.h"
#include "secret.h"
#include "secret_lua.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { MAX_TOKEN = 4096 };

static const char exposed[] =
  "the access token is not sent over http to another machine, as others could read it "
  "on the way: use https://, or set allow_http = true (or GUMROAD_ALLOW_HTTP=1) if you trust the network";

enum { ENGINE = 1, REQUEST = 2 }; /* stack indices in gr_engine_send */

static const char *text_field (lua_State *L, const char *name, size_t *len) {
  lua_getfield(L, REQUEST, name);
  if (lua_isnil(L, -1)) return NULL; /* the value stays on the stack, so it stays alive */
  if (lua_type(L, -1) != LUA_TSTRING)
    luaL_error(L, "request.%s: string expected, got %s", name, luaL_typename(L, -1));
  return lua_tolstring(L, -1, len);
}

/* Returns the field in milliseconds. */
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

/* Each of these returns NULL, or what is wrong with the request. */

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
    int blank = strspn(value, " ") == value_len; /* libcurl has its own way to send a blank value */
    lua_pushfstring(L, blank ? "%s;" : "%s: %s", name, value);
    if (!add_header(t, lua_tostring(L, -1))) return gr_no_memory;
    lua_pop(L, 2);
  }
  return NULL;
}

static int flag (lua_State *L, const char *name) {
  lua_getfield(L, REQUEST, name);
  int is_set = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return is_set;
}

/* Returns whether secrets would be exposed: over http they go only to this machine, unless the caller
** allows more. */
static int is_exposed (lua_State *L, const gr_transfer *t) {
  return t->in_clear && !flag(L, "allow_http");
}

static const char *read_secret (lua_State *L, gr_transfer *t) {
  static const char before[] = "Authorization: Bearer ";
  char line[sizeof before + MAX_TOKEN];
  size_t len;
  if (flag(L, "confidential") && is_exposed(L, t)) return exposed;
  lua_getfield(L, REQUEST, "secret");
  if (lua_isnil(L, -1)) return NULL;
  const char *token = gr_tosecret(L, -1, &len);
  if (token == NULL) return "request.secret: a core.secret expected";
  if (len > MAX_TOKEN) return "the access token is longer than 4096 bytes";
  if (is_exposed(L, t)) return exposed;
  memcpy(line, before, sizeof before - 1);
  memcpy(line + sizeof before - 1, token, len);
  line[sizeof before - 1 + len] = '\0';
  int added = add_header(t, line);
  gr_wipe(line, sizeof before - 1 + len);
  if (!added) return gr_no_memory;
  for (t->auth = t->headers; t->auth->next != NULL;) t->auth = t->auth->next;
  return NULL;
}

/* Checks the base URL of a path. The base URL of the previous request needs no new check. */
static const char *check_base (gr_engine *e, const char *base, size_t len, gr_place *place) {
  if (len == e->known.len && memcmp(base, e->known.text, len) == 0) {
    *place = e->known.place;
    return NULL;
  }
  const char *wrong = gr_check_base_url(base, len, 1, place);
  if (wrong != NULL) return wrong;
  if (len > sizeof e->known.text) return NULL;
  memcpy(e->known.text, base, len);
  e->known.len = len;
  e->known.place = *place;
  return NULL;
}

/* Keeps a request to this machine away from any proxy that the environment names, and from a resolver with
** another idea of localhost. */
static const char *stay_here (gr_transfer *t, gr_place place) {
  static char localhost[] = "::localhost:";
  static struct curl_slist to_localhost = {localhost, NULL};
  if (curl_easy_setopt(t->easy, CURLOPT_NOPROXY, "*") != CURLE_OK) return gr_no_memory;
  if (place == GR_LOOPBACK_BY_NAME) curl_easy_setopt(t->easy, CURLOPT_CONNECT_TO, &to_localhost);
  return NULL;
}

static const char *read_url (lua_State *L, gr_transfer *t) {
  size_t base_len = 0, path_len = 0;
  gr_place place = GR_ELSEWHERE;
  const char *base = text_field(L, "base_url", &base_len), *path = text_field(L, "path", &path_len);
  if (base == NULL) return "request.base_url is missing";
  const char *wrong = path == NULL
    ? gr_check_base_url(base, base_len, 0, &place)
    : check_base((gr_engine *)lua_touserdata(L, ENGINE), base, base_len, &place);
  if (wrong == NULL && path != NULL) wrong = gr_check_path(path, path_len);
  if (wrong != NULL) return wrong;
  while (path != NULL && base_len > 0 && base[base_len - 1] == '/') base_len--;
  lua_pushlstring(L, base, base_len);
  lua_pushlstring(L, path ? path : "", path_len);
  lua_concat(L, 2);
  if (curl_easy_setopt(t->easy, CURLOPT_URL, lua_tostring(L, -1)) != CURLE_OK) return gr_no_memory;
  /* prefer a stream to one more TLS handshake; without TLS there are no streams to wait for */
  int https = strncmp(base, "https:", 6) == 0;
  curl_easy_setopt(t->easy, CURLOPT_PIPEWAIT, (long)https);
  t->in_clear = !https && place == GR_ELSEWHERE;
  return place == GR_ELSEWHERE ? NULL : stay_here(t, place);
}

/* Returns a number of bytes in request.file, which is on top of the stack. */
static off_t bytes_field (lua_State *L, const char *name, off_t otherwise) {
  lua_getfield(L, -1, name);
  double n = lua_isnil(L, -1) ? (double)otherwise : lua_isnumber(L, -1) ? lua_tonumber(L, -1) : -1;
  lua_pop(L, 1);
  if (!(n >= 0 && n <= GR_LARGEST_EXACT) || n != floor(n))
    luaL_error(L, "request.file.%s: a whole number of bytes expected", name);
  return (off_t)n;
}

/* Opens the file, so that an unreadable one fails before anything is sent. */
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
  if (file) gr_transfer_send_file(t);
  else if (body != NULL || !reads) { /* a PUT without a body says so: Content-Length: 0 */
    curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body_len);
    if (curl_easy_setopt(t->easy, CURLOPT_COPYPOSTFIELDS, body ? body : "") != CURLE_OK) return gr_no_memory;
  }
  else if (head) {
    curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(t->easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)0); /* HEAD only announces a body */
  }
  else if (strcmp(method, "GET") == 0) return NULL; /* as libcurl does by itself */
  return curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, method) == CURLE_OK ? NULL : gr_no_memory;
}

static const char *read_limits (lua_State *L, gr_transfer *t) {
  size_t len;
  const char *ca = text_field(L, "ca_file", &len);
  long timeout = seconds_field(L, "timeout", 30), connect_timeout = seconds_field(L, "connect_timeout", 10);
  long stall = seconds_field(L, "stall_timeout", INT_MAX);
  lua_getfield(L, REQUEST, "max_size");
  double max = lua_isnil(L, -1) ? 10.0 * 1024 * 1024 : lua_isnumber(L, -1) ? lua_tonumber(L, -1) : -1;
  if (!(max >= 0) || max > 1e15 || max > (double)(SIZE_MAX / 2))
    return "request.max_size: a number of bytes expected";
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
  if (lua_toboolean(L, -1)) gr_transfer_send_once(t);
  if (ca != NULL && curl_easy_setopt(t->easy, CURLOPT_CAINFO, ca) != CURLE_OK) return gr_no_memory;
  return NULL;
}

static const char *read_request (lua_State *L, gr_transfer *t) {
  static const char *(*const steps[])(lua_State *, gr_transfer *) = {
    read_url, read_limits, read_file, read_method_and_body, read_headers, read_secret};
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    int top = lua_gettop(L);
    const char *wrong = steps[i](L, t);
    if (wrong != NULL) return wrong;
    lua_settop(L, top);
  }
  return add_header(t, "Expect:") ? NULL : gr_no_memory; /* no pause before a body */
}

/* engine:send(request) -> transfer | nil, "config", "file", "network" or "cancelled", message
** Starts a request and sends at once what can be sent. Fields of the request:
**   method           GET, HEAD, POST, PUT, PATCH or DELETE
**   base_url         where to send it, by https, or by http if the URL says so; no other host is asked
**   path             optional: the path after base_url, beginning with "/", percent-encoded
**   headers          optional: name -> value
**   body             optional: a string
**   file             optional, instead of body: { path, offset, length }, a part of a file (default: all
**                    of it), read from disk as it is sent
**   secret           optional: a core.secret, sent as the Bearer token
**   confidential     true: the body contains secrets
**   allow_http       true: secrets may go over http to another machine
**   timeout          seconds for the whole transfer (default: 30)
**   stall_timeout    optional, instead of timeout: whole seconds without any progress
**   connect_timeout  seconds for connecting (default: 10)
**   max_size         largest response body in bytes, after decompression (default: 10 MiB)
**   ca_file          optional: CA bundle (default: libcurl's own)
**   fresh            true: uses HTTP/1.1 on a new connection, so that libcurl never repeats the request
** Redirects are never followed, so nothing goes to another host. */
int gr_engine_send (lua_State *L) {
  gr_engine *e = gr_checkengine(L);
  luaL_checktype(L, REQUEST, LUA_TTABLE);
  lua_settop(L, REQUEST);
  const char *closed = gr_engine_ensure_open(e);
  if (closed != NULL) return gr_failopen(L, closed);
  gr_transfer *t = gr_newtransfer(L);
  const char *wrong = gr_transfer_prepare(t, e) ? read_request(L, t) : gr_no_memory;
  if (wrong == gr_no_memory) return luaL_error(L, "%s", wrong);
  if (wrong != NULL) {
    const char *code = t->failure ? t->failure : "config";
    gr_transfer_close(t); /* the collector would leave the file open, because it sees little memory */
    return gr_fail(L, code, wrong);
  }
  if (!gr_transfer_start(t, e)) return luaL_error(L, "%s", gr_no_memory);
  return 1;
}
