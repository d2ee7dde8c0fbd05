/* What is checked of a request before anything is sent: pointer and length, no lua_State. */
#ifndef GR_REQUEST_H
#define GR_REQUEST_H

#include <stddef.h>

/* Not about the request. They are known by their addresses. */
extern const char gr_no_memory[];
extern const char gr_no_descriptor[];
extern const char gr_closing[];

/* Each returns NULL if all is well, else a message that tells the caller what is wrong. */

/* The method is one of a fixed list, so nothing can be smuggled in by it. */
const char *gr_check_method (const char *method, size_t len);

/* Which machine a URL names. */
typedef enum gr_place {
  GR_ELSEWHERE,
  GR_LOOPBACK, /* this one, by an address that needs no resolver */
  GR_LOOPBACK_BY_NAME /* this one, if the resolver keeps to RFC 6761 */
} gr_place;

/* Scheme http or https, a host, no fragment; neither user nor query if a path will follow. */
const char *gr_check_base_url (const char *url, size_t len, int path_follows, gr_place *place);

/* Begins with one slash, is printable ASCII, and has no fragment: it cannot name another host. */
const char *gr_check_path (const char *path, size_t len);

const char *gr_check_header_name (const char *name, size_t len);
const char *gr_check_header_value (const char *value, size_t len);

#endif
