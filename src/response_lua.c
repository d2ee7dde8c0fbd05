/* Transfers as Lua sees them: the response to a request, its headers, or the reason for its failure. */
#include "engine_lua.h"

#include "core.h"
#include "number.h"

#include <stdio.h>
#include <string.h>

#define TRANSFER "gumroad.transfer"
#define RESPONSE "gumroad.client.response"

/* == Headers == */

static void push_headers (lua_State *L, const char *head, size_t len) {
  const char *end = head + len, *p = gr_skip_status_line(head, end);
  gr_header header;
  lua_newtable(L);
  while (gr_next_header(&p, end, &header))
    gr_join_header(L, header.name, header.name_len, header.value, header.value_len);
}

/* The __index of a response. It makes the headers from the head on first use, because most calls never look
** at them. */
static int response_index (lua_State *L) {
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

/* == Failures == */

/* Returns whether libcurl cannot make sense of a proxy's URL. Its message would quote the URL with the
** password. */
static int is_bad_proxy (const gr_transfer *t) {
  static const char begins[] = "Unsupported proxy";
  return strncmp(t->error, begins, sizeof begins - 1) == 0;
}

static const char *failure_code (const gr_transfer *t) {
  if (t->failure != NULL) return t->failure;
  if (is_bad_proxy(t)) return "config";
  switch (t->code) {
    case CURLE_OPERATION_TIMEDOUT: return "timeout";
#if CURL_AT_LEAST_VERSION(8, 6, 0)
    case CURLE_TOO_LARGE:
#endif
    case CURLE_FILESIZE_EXCEEDED: return "too_large";
    case CURLE_WRITE_ERROR: /* our own callback notes why it refuses bytes; this one is decompression */
    case CURLE_BAD_CONTENT_ENCODING: return "decode";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH: return "tls";
    default: return "network";
  }
}

static void describe_timeout (const gr_transfer *t, char *text, size_t size) {
  char seconds[GR_NUMBER_SIZE];
  long connect_ms = t->stall_s > 0 || t->connect_ms < t->total_ms ? t->connect_ms : t->total_ms;
  int len = (int)gr_number_write((double)(t->sent ? t->total_ms : connect_ms) / 1000, seconds);
  if (t->sent && t->stall_s > 0) snprintf(text, size, "nothing moved for %ld seconds", t->stall_s);
  else if (t->sent) snprintf(text, size, "no complete response within %.*s seconds", len, seconds);
  else snprintf(text, size, "no connection within %.*s seconds", len, seconds);
}

static void push_failure_message (lua_State *L, const gr_transfer *t, const char *code) {
  char text[160];
  if (strcmp(code, "timeout") == 0) describe_timeout(t, text, sizeof text);
  else if (strcmp(code, "file") == 0)
    snprintf(text, sizeof text, "the file cannot be read any more: %s",
      t->file.error ? strerror(t->file.error) : "it became shorter while it was sent");
  else if (strcmp(code, "too_large") == 0 && t->head.too_large)
    snprintf(text, sizeof text, "the headers of the response are larger than %d bytes", (int)GR_MAX_HEAD);
  else if (strcmp(code, "too_large") == 0)
    snprintf(text, sizeof text, "the response is larger than %.0f bytes", (double)t->max_body);
  else if (t->code == CURLE_WRITE_ERROR)
    snprintf(text, sizeof text, "the response is not compressed as its Content-Encoding says");
  else if (t->code == CURLE_OUT_OF_MEMORY) /* does not raise, because a peer can cause it */
    snprintf(text, sizeof text, "libcurl is out of memory, or a header is too long for it");
  else if (is_bad_proxy(t))
    snprintf(text, sizeof text,
      "the proxy in https_proxy, http_proxy or all_proxy cannot be used: it must be "
      "http://USER:PASSWORD@HOST:PORT, with special characters percent-encoded");
  else {
    lua_pushstring(L, t->error[0] ? t->error : curl_easy_strerror(t->code));
    return;
  }
  lua_pushstring(L, text);
}

static int push_failure (lua_State *L, const gr_transfer *t) {
  const char *code = failure_code(t);
  if (strcmp(code, "memory") == 0) return luaL_error(L, "not enough memory");
  lua_pushnil(L);
  lua_pushstring(L, code);
  push_failure_message(L, t, code);
  lua_createtable(L, 0, 3);
  lua_pushinteger(L, (lua_Integer)t->code);
  lua_setfield(L, -2, "curl_code");
  lua_pushboolean(L, t->sent);
  lua_setfield(L, -2, "sent");
  lua_pushnumber(L, t->seconds);
  lua_setfield(L, -2, "seconds");
  return 4;
}

/* == Transfers == */

gr_transfer *gr_newtransfer (lua_State *L) {
  gr_transfer *t = (gr_transfer *)lua_newuserdata(L, sizeof *t);
  memset(t, 0, sizeof *t); /* from here on __gc may see it, whatever raises next */
  t->file.fd = -1;
  gr_getmemory(L, &t->memory);
  luaL_getmetatable(L, TRANSFER);
  lua_setmetatable(L, -2);
  return t;
}

static gr_transfer *check_transfer (lua_State *L) {
  return (gr_transfer *)luaL_checkudata(L, 1, TRANSFER);
}

/* transfer:close(): cancels the transfer if it is still running. */
static int transfer_close (lua_State *L) {
  gr_transfer_close(check_transfer(L));
  return 0;
}

/* transfer:done() -> whether result() has something to return. */
static int transfer_done (lua_State *L) {
  gr_transfer *t = check_transfer(L);
  gr_transfer_notice_fork(t);
  lua_pushboolean(L, t->finished);
  return 1;
}

/* transfer:progress() -> the number of bytes of the body sent so far. */
static int transfer_progress (lua_State *L) {
  gr_transfer *t = check_transfer(L);
  gr_transfer_notice_fork(t);
  if (t->engine != NULL) curl_easy_getinfo(t->easy, CURLINFO_SIZE_UPLOAD_T, &t->uploaded);
  gr_pushcount(L, t->uploaded);
  return 1;
}

/* transfer:result() -> { status, headers, head, body, seconds } | nil, code, message, info
** Call it once, when done: it hands over the bytes of the response. 'head' is the head as it came, with the
** status line. 'headers' maps lower-case names to values; repeated ones are joined with ", ". Codes:
** network, timeout, tls, too_large, decode (broken compression), file, cancelled. 'info' has curl_code;
** sent, which is whether anything may have reached the server; and seconds. */
static int transfer_result (lua_State *L) {
  gr_transfer *t = check_transfer(L);
  if (!t->finished) return luaL_error(L, "the transfer is still running");
  if (t->failure != NULL || t->code != CURLE_OK) return push_failure(L, t);
  if (t->taken) return luaL_error(L, "the result was taken already");
  lua_createtable(L, 0, 4);
  lua_pushinteger(L, (lua_Integer)t->status);
  lua_setfield(L, -2, "status");
  lua_pushnumber(L, t->seconds);
  lua_setfield(L, -2, "seconds");
  lua_pushlstring(L, t->head.bytes.len ? t->head.bytes.data : "", t->head.bytes.len);
  lua_setfield(L, -2, "head");
  lua_pushlstring(L, t->body.len ? t->body.data : "", t->body.len);
  lua_setfield(L, -2, "body");
  luaL_getmetatable(L, RESPONSE);
  lua_setmetatable(L, -2);
  gr_transfer_forget_response(t, gr_getengine(L)); /* the collector does not know about that memory */
  return 1;
}

static const luaL_Reg transfer_meta[] = {{"__gc", transfer_close}, {"__close", transfer_close}, {NULL, NULL}};
static const luaL_Reg transfer_methods[] = {{"close", transfer_close}, {"done", transfer_done},
  {"progress", transfer_progress}, {"result", transfer_result}, {NULL, NULL}};
static const luaL_Reg response_meta[] = {{"__index", response_index}, {NULL, NULL}};

void gr_open_response (lua_State *L) {
  gr_newclass(L, TRANSFER, transfer_meta, transfer_methods);
  luaL_newmetatable(L, RESPONSE);
  gr_setfuncs(L, response_meta);
  lua_pop(L, 1);
}
