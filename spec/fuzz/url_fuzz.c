/* Fuzzes the checks of a URL before anything is sent. The input's first line is a base URL, the second a
** path. */
#include "fuzz.h"

#include <netdb.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <curl/curl.h>

#include "request.h"

/* Returns a part of a URL as libcurl, which will send to it, reads it, or "". */
static char *part_of (CURLU *url, CURLUPart part) {
  char *text = NULL;
  if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return fuzz_string("", 0);
  char *copy = fuzz_string(text, strlen(text));
  curl_free(text);
  return copy;
}

static int is_part (CURLU *url, CURLUPart part, const char *wanted) {
  char *text = part_of(url, part);
  int same = strcmp(text, wanted) == 0;
  free(text);
  return same;
}

static int is_same (CURLU *a, CURLU *b, CURLUPart part) {
  char *text = part_of(b, part);
  int same = is_part(a, part, text);
  free(text);
  return same;
}

/* Checks that a path never changes where a request goes. */
static void check_joined (CURLU *base, const char *text, size_t len, const char *path) {
  while (len > 0 && text[len - 1] == '/') len--;
  size_t size = len + strlen(path) + 1;
  char *joined = (char *)malloc(size);
  CHECK(joined != NULL);
  memcpy(joined, text, len);
  strcpy(joined + len, path);
  CURLU *url = curl_url();
  CHECK(url != NULL);
  if (curl_url_set(url, CURLUPART_URL, joined, CURLU_PATH_AS_IS) == CURLUE_OK) {
    CHECK(is_same(url, base, CURLUPART_SCHEME) && is_same(url, base, CURLUPART_HOST));
    CHECK(is_same(url, base, CURLUPART_PORT));
    CHECK(is_part(url, CURLUPART_USER, "") && is_part(url, CURLUPART_PASSWORD, ""));
    CHECK(is_part(url, CURLUPART_FRAGMENT, ""));
  }
  curl_url_cleanup(url);
  free(joined);
}

static int is_loopback_v4 (const unsigned char *bytes) {
  static const unsigned char any[4] = {0};
  return bytes[0] == 127 || memcmp(bytes, any, 4) == 0;
}

/* Returns whether an address, or a name that is always one, belongs to this machine: 1, 0, or -1 for a
** name. */
static int is_this_machine (const char *host) {
  char name[256];
  size_t len = strlen(host);
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *ai;
  if (len == 0 || len >= sizeof name) return -1;
  if (host[0] == '[') snprintf(name, sizeof name, "%.*s", (int)len - 2, host + 1);
  else strcpy(name, host);
  if (getaddrinfo(name, NULL, &hints, &ai) != 0) return -1;
  int is_here = 0;
  if (ai->ai_family == AF_INET) {
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)ai->ai_addr;
    is_here = is_loopback_v4((const unsigned char *)&v4->sin_addr);
  }
  else {
    const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)ai->ai_addr)->sin6_addr;
    is_here = IN6_IS_ADDR_LOOPBACK(v6) || IN6_IS_ADDR_UNSPECIFIED(v6)
      || (IN6_IS_ADDR_V4MAPPED(v6) && is_loopback_v4(v6->s6_addr + 12));
  }
  freeaddrinfo(ai);
  return is_here;
}

static int ends_in (const char *host, const char *end) {
  size_t len = strlen(host), end_len = strlen(end);
  return len >= end_len && strcasecmp(host + len - end_len, end) == 0
    && (len == end_len || host[len - end_len - 1] == '.');
}

/* Checks that a token goes out unencrypted only to this machine. */
static void check_place (CURLU *url, gr_place place) {
  char *host = part_of(url, CURLUPART_HOST);
  int is_here = is_this_machine(host);
  if (is_here >= 0) CHECK(place == (is_here ? GR_LOOPBACK : GR_ELSEWHERE));
  else
    CHECK(place
      == (ends_in(host, "localhost") || ends_in(host, "localhost.") ? GR_LOOPBACK_BY_NAME : GR_ELSEWHERE));
  free(host);
}

static void check_base (const char *text, size_t len, const char *path, size_t path_len) {
  for (int path_follows = 0; path_follows <= 1; path_follows++) {
    gr_place place = GR_ELSEWHERE;
    if (gr_check_base_url(text, len, path_follows, &place) != NULL) continue;
    CHECK(strlen(text) == len);
    CURLU *url = curl_url();
    CHECK(url != NULL && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK);
    CHECK(is_part(url, CURLUPART_SCHEME, "https") || is_part(url, CURLUPART_SCHEME, "http"));
    CHECK(!is_part(url, CURLUPART_HOST, "") && is_part(url, CURLUPART_FRAGMENT, ""));
    check_place(url, place);
    if (path_follows && gr_check_path(path, path_len) == NULL) {
      CHECK(strlen(path) == path_len && path[0] == '/' && path[1] != '/');
      check_joined(url, text, len, path);
    }
    curl_url_cleanup(url);
  }
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  const char *p = (const char *)data, *end = p + size;
  fuzz_piece base = fuzz_line(&p, end), path = fuzz_line(&p, end);
  char *base_copy = fuzz_string(base.text, base.len), *path_copy = fuzz_string(path.text, path.len);
  check_base(base_copy, base.len, path_copy, path.len);
  if (gr_check_method(base_copy, base.len) == NULL) CHECK(base.len >= 3 && base.len <= 6);
  free(base_copy);
  free(path_copy);
  return 0;
}
