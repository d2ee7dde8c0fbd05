/* get_baseline, the baseline for the client: a minimal GET with libcurl over a kept connection.
** get_baseline.new(url, token) -> handle; handle:get() -> body. */
#include "compat.h"

#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <curl/curl.h>

#define HANDLE "get_baseline"
#define MAX_BODY (1 << 20)

typedef struct gr_handle {
  CURL *curl;
  struct curl_slist *headers;
  size_t len;
  char body[MAX_BODY];
} gr_handle;

static size_t on_body (char *data, size_t size, size_t nmemb, void *ud) {
  gr_handle *h = (gr_handle *)ud;
  size_t n = size * nmemb;
  if (n > MAX_BODY - h->len) return 0;
  memcpy(h->body + h->len, data, n);
  h->len += n;
  return n;
}

static int handle_get (lua_State *L) {
  gr_handle *h = (gr_handle *)luaL_checkudata(L, 1, HANDLE);
  h->len = 0;
  CURLcode code = curl_easy_perform(h->curl);
  if (code != CURLE_OK) return luaL_error(L, "%s", curl_easy_strerror(code));
  lua_pushlstring(L, h->body, h->len);
  return 1;
}

static int handle_close (lua_State *L) {
  gr_handle *h = (gr_handle *)luaL_checkudata(L, 1, HANDLE);
  curl_easy_cleanup(h->curl);
  curl_slist_free_all(h->headers);
  h->curl = NULL;
  h->headers = NULL;
  return 0;
}

static int handle_new (lua_State *L) {
  const char *url = luaL_checkstring(L, 1), *token = luaL_checkstring(L, 2);
  gr_handle *h = (gr_handle *)lua_newuserdata(L, sizeof *h);
  memset(h, 0, sizeof *h);
  luaL_getmetatable(L, HANDLE);
  lua_setmetatable(L, -2);
  h->curl = curl_easy_init();
  h->headers = curl_slist_append(NULL, "Accept: application/json");
  lua_pushfstring(L, "Authorization: Bearer %s", token);
  h->headers = curl_slist_append(h->headers, lua_tostring(L, -1));
  lua_pop(L, 1);
  curl_easy_setopt(h->curl, CURLOPT_URL, url);
  curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, h->headers);
  curl_easy_setopt(h->curl, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(h->curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(h->curl, CURLOPT_WRITEDATA, h);
  return 1;
}

static const luaL_Reg meta[] = {{"__gc", handle_close}, {NULL, NULL}};
static const luaL_Reg methods[] = {{"get", handle_get}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"new", handle_new}, {NULL, NULL}};

GR_EXPORT int luaopen_get_baseline (lua_State *L);

int luaopen_get_baseline (lua_State *L) {
  luaL_newmetatable(L, HANDLE);
  gr_setfuncs(L, meta);
  lua_newtable(L);
  gr_setfuncs(L, methods);
  lua_setfield(L, -2, "__index");
  lua_newtable(L);
  gr_setfuncs(L, functions);
  return 1;
}
