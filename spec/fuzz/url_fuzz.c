/* Fuzzes what is checked of a URL before anything is sent. The input's first line is a base URL, the
** second a path. */
#include "fuzz.h"

#include <curl/curl.h>

#include "request.h"

/* A part of a URL as libcurl, which will send to it, reads it; "" where there is none. */
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

/* A path never changes where a request goes. */
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

static void check_base (const char *text, size_t len, const char *path, size_t path_len) {
  for (int path_follows = 0; path_follows <= 1; path_follows++) {
    int loopback = 0;
    if (gr_check_base_url(text, len, path_follows, &loopback) != NULL) continue;
    CHECK(strlen(text) == len);
    CURLU *url = curl_url();
    CHECK(url != NULL && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK);
    CHECK(is_part(url, CURLUPART_SCHEME, "https") || is_part(url, CURLUPART_SCHEME, "http"));
    CHECK(!is_part(url, CURLUPART_HOST, "") && is_part(url, CURLUPART_FRAGMENT, ""));
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
