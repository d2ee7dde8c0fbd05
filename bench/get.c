/* get_baseline: the least that a GET over a kept connection takes with libcurl, to measure
** the client against. get_baseline.new(url, token) -> handle; handle:get() -> body, by
** curl_easy_perform; handle:get_driven() -> body, driven from outside as the engine is, but with
** one request that was prepared once. */
#include "compat.h"
#include "poller.h"

#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <curl/curl.h>

#define HANDLE "get_baseline"
#define MAX_BODY (1 << 20)

typedef struct handle {
  CURL *curl;
  CURLM *multi;
  struct gr_poller poller;
  struct curl_slist *headers;
  size_t len;
  char body[MAX_BODY];
} handle;

static size_t on_body (char *data, size_t size, size_t nmemb, void *ud) {
  handle *h = (handle *)ud;
  size_t n = size * nmemb;
  if (n > MAX_BODY - h->len) return 0;
  memcpy(h->body + h->len, data, n);
  h->len += n;
  return n;
}

static int handle_get (lua_State *L) {
  handle *h = (handle *)luaL_checkudata(L, 1, HANDLE);
  h->len = 0;
  CURLcode code = curl_easy_perform(h->curl);
  if (code != CURLE_OK) return luaL_error(L, "%s", curl_easy_strerror(code));
  lua_pushlstring(L, h->body, h->len);
  return 1;
}

static int on_socket (CURL *easy, curl_socket_t fd, int what, void *ud, void *socket_ud) {
  handle *h = (handle *)ud;
  int events = what == CURL_POLL_IN ? GR_READ : what == CURL_POLL_OUT ? GR_WRITE
             : what == CURL_POLL_INOUT ? GR_READ | GR_WRITE : 0;
  (void)easy; (void)socket_ud;
  return gr_poller_watch(&h->poller, (int)fd, events) == 0 ? 0 : -1;
}

static int on_timer (CURLM *multi, long ms, void *ud) {
  (void)multi;
  gr_poller_timer(&((handle *)ud)->poller, ms);
  return 0;
}

/* Whether the transfer has ended; its code goes to 'code'. */
static int has_ended (handle *h, CURLcode *code) {
  int left;
  CURLMsg *m = curl_multi_info_read(h->multi, &left);
  if (m == NULL || m->msg != CURLMSG_DONE) return 0;
  *code = m->data.result;
  return 1;
}

static int handle_get_driven (lua_State *L) {
  handle *h = (handle *)luaL_checkudata(L, 1, HANDLE);
  struct gr_ready ready[8];
  int running;
  CURLcode code = CURLE_OK;
  h->len = 0;
  curl_multi_add_handle(h->multi, h->curl);
  curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
  while (!has_ended(h, &code)) {
    int n = gr_poller_wait(&h->poller, ready, 8, 1000);
    for (int i = 0; i < n; i++)
      curl_multi_socket_action(h->multi, ready[i].fd < 0 ? CURL_SOCKET_TIMEOUT : ready[i].fd, 0, &running);
  }
  curl_multi_remove_handle(h->multi, h->curl);
  if (code != CURLE_OK) return luaL_error(L, "%s", curl_easy_strerror(code));
  lua_pushlstring(L, h->body, h->len);
  return 1;
}

static int handle_close (lua_State *L) {
  handle *h = (handle *)luaL_checkudata(L, 1, HANDLE);
  if (h->curl == NULL) return 0;
  curl_easy_cleanup(h->curl);
  curl_multi_cleanup(h->multi);
  gr_poller_close(&h->poller);
  curl_slist_free_all(h->headers);
  h->curl = NULL;
  return 0;
}

static int handle_new (lua_State *L) {
  const char *url = luaL_checkstring(L, 1), *token = luaL_checkstring(L, 2);
  handle *h = (handle *)lua_newuserdata(L, sizeof *h);
  memset(h, 0, sizeof *h);
  luaL_getmetatable(L, HANDLE);
  lua_setmetatable(L, -2);
  h->curl = curl_easy_init();
  h->multi = curl_multi_init();
  if (gr_poller_open(&h->poller) != 0) return luaL_error(L, "no descriptor to wait on");
  curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
  curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
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

static const luaL_Reg meta[] = { { "__gc", handle_close }, { NULL, NULL } };
static const luaL_Reg methods[] = { { "get", handle_get }, { "get_driven", handle_get_driven }, { NULL, NULL } };
static const luaL_Reg functions[] = { { "new", handle_new }, { NULL, NULL } };

GR_EXPORT int luaopen_get_baseline (lua_State *L) {
  luaL_newmetatable(L, HANDLE);
  gr_setfuncs(L, meta);
  lua_newtable(L);
  gr_setfuncs(L, methods);
  lua_setfield(L, -2, "__index");
  lua_newtable(L);
  gr_setfuncs(L, functions);
  return 1;
}
