/* Checks of a request before anything is sent: pointers and lengths, no lua_State. */
#ifndef GR_REQUEST_H
#define GR_REQUEST_H

#include <stddef.h>

/* Messages that are not about the request. They are compared by address. */
extern const char gr_no_memory[];
extern const char gr_no_descriptor[];
extern const char gr_closing[];

/* Each returns NULL if all is well, or a message that tells the caller what is wrong. */

/* Checks that the method is one of a fixed list, so that it cannot smuggle anything in. */
const char *gr_check_method (const char *method, size_t len);

/* The machine that a URL names. */
typedef enum gr_place {
  GR_ELSEWHERE,
  GR_LOOPBACK, /* this one, by an address that needs no resolver */
  GR_LOOPBACK_BY_NAME /* this one, if the resolver keeps to RFC 6761 */
} gr_place;

/* Checks for scheme http or https, a host, no fragment, and neither user nor query if a path will follow.
** */
const char *gr_check_base_url (const char *url, size_t len, int path_follows, gr_place *place);

/* Checks that the path begins with one slash, is printable ASCII, and has no fragment, so that it cannot
** name another host. */
const char *gr_check_path (const char *path, size_t len);

const char *gr_check_header_name (const char *name, size_t len);
const char *gr_check_header_value (const char *value, size_t len);

#endif
