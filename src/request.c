#include "request.h"
#include "text.h"

#include <stdint.h>
#include <string.h>
#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>

const char gr_no_memory[] = "not enough memory";
const char gr_no_descriptor[] =
  "no file descriptor is left: close files or connections, or raise the limit (ulimit -n)";
const char gr_closing[] = "the Lua state is closing";

const char *gr_check_method (const char *method, size_t len) {
  static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
    if (strlen(methods[i]) == len && memcmp(methods[i], method, len) == 0) return NULL;
  return "the method must be one of GET, HEAD, POST, PUT, PATCH, DELETE";
}

static int printable (const char *s, size_t len) {
  for (size_t i = 0; i < len; i++)
    if ((unsigned char)s[i] <= 0x20 || (unsigned char)s[i] >= 0x7f) return 0;
  return 1;
}

/* Returns the text of a URL's 'part', which must be freed with curl_free, or NULL. */
static char *url_part (CURLU *u, CURLUPart part) {
  char *text = NULL;
  return curl_url_get(u, part, &text, 0) == CURLUE_OK ? text : NULL;
}

static int has_part (CURLU *u, CURLUPart part) {
  char *text = url_part(u, part);
  curl_free(text);
  return text != NULL;
}

/* Returns whether the name is localhost or a name below it, also with the dot of the root. */
static int is_loopback_name (const char *host, size_t len) {
  static const char name[] = "localhost";
  size_t name_len = sizeof name - 1;
  if (len > 0 && host[len - 1] == '.') len--;
  if (len < name_len || !gr_equal_nocase(host + len - name_len, name_len, name, name_len)) return 0;
  return len == name_len || host[len - name_len - 1] == '.';
}

/* Returns whether the address is in 127.0.0.0/8, or is 0.0.0.0, which also connects to this machine. */
static int is_loopback_v4 (uint32_t address) {
  return address >> 24 == 127 || address == 0;
}

/* Returns whether the address is ::1, ::, or such an IPv4 address within IPv6. */
static int is_loopback_v6 (const struct in6_addr *address) {
  uint32_t v4;
  if (IN6_IS_ADDR_LOOPBACK(address) || IN6_IS_ADDR_UNSPECIFIED(address)) return 1;
  if (!IN6_IS_ADDR_V4MAPPED(address)) return 0;
  memcpy(&v4, address->s6_addr + 12, sizeof v4);
  return is_loopback_v4(ntohl(v4));
}

/* Returns where a host is. 'host' is as in a URL: an IPv6 address in brackets, or any spelling that
** inet_aton takes. */
static gr_place place_of (const char *host) {
  char inner[INET6_ADDRSTRLEN];
  struct in_addr v4;
  struct in6_addr v6;
  size_t len = strlen(host);
  if (host[0] != '[') {
    if (inet_aton(host, &v4) != 0) return is_loopback_v4(ntohl(v4.s_addr)) ? GR_LOOPBACK : GR_ELSEWHERE;
    return is_loopback_name(host, len) ? GR_LOOPBACK_BY_NAME : GR_ELSEWHERE;
  }
  if (len < 2 || len - 2 >= sizeof inner) return GR_ELSEWHERE;
  memcpy(inner, host + 1, len - 2);
  inner[len - 2] = '\0';
  return inet_pton(AF_INET6, inner, &v6) == 1 && is_loopback_v6(&v6) ? GR_LOOPBACK : GR_ELSEWHERE;
}

static const char *check_parts (CURLU *u, int path_follows, gr_place *place) {
  if (path_follows && (has_part(u, CURLUPART_USER) || has_part(u, CURLUPART_PASSWORD)))
    return "the base URL must not hold a user or password";
  char *host = url_part(u, CURLUPART_HOST);
  if (host == NULL) return gr_no_memory; /* a URL that was read has a host */
  *place = place_of(host);
  curl_free(host);
  return NULL;
}

const char *gr_check_base_url (const char *url, size_t len, int path_follows, gr_place *place) {
  if (!printable(url, len)) return "the base URL has a space, a control or a non-ASCII character";
  if (memchr(url, '\\', len) != NULL) return "the base URL has a backslash";
  if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
    return "the base URL must begin with https:// or http://";
  if (memchr(url, '#', len) != NULL) return "the base URL must not have a fragment (#)";
  if (path_follows && memchr(url, '?', len) != NULL) return "the base URL must not have a query (?)";
  CURLU *u = curl_url();
  if (u == NULL) return gr_no_memory;
  CURLUcode code = curl_url_set(u, CURLUPART_URL, url, 0);
  const char *wrong = code == CURLUE_OK ? check_parts(u, path_follows, place)
    : code == CURLUE_OUT_OF_MEMORY      ? gr_no_memory
                                        : "the base URL is not a URL";
  curl_url_cleanup(u);
  return wrong;
}

const char *gr_check_path (const char *path, size_t len) {
  if (len == 0 || path[0] != '/') return "the path must begin with /";
  if (len > 1 && path[1] == '/') return "the path must not begin with //";
  if (!printable(path, len))
    return "the path has a space, a control or a non-ASCII character; percent-encode it";
  if (memchr(path, '#', len) != NULL) return "the path has a #; percent-encode it as %23";
  return NULL;
}

const char *gr_check_header_name (const char *name, size_t len) {
  if (len == 0) return "a header name is empty";
  return gr_is_token(name, len) ? NULL : "a header name has a character that is not allowed there";
}

const char *gr_check_header_value (const char *value, size_t len) {
  return gr_is_header_value(value, len) ? NULL
                                        : "a header value has a CR, LF, NUL or other control character";
}
