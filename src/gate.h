/* The gate: decides from the head of a request alone whether it is let in, before a byte of its body is
** kept. It uses neither Lua nor an allocation, so that the listener can call it inside its callback. */
#ifndef GR_GATE_H
#define GR_GATE_H

#include <stddef.h>
#include <stdint.h>

#define GR_LENGTH_UNKNOWN UINT64_MAX
#define GR_TARGET_SIZE 4096 /* longest target allowed when one is expected; Gumroad's are below 256 */
#define GR_REASON_SIZE 200 /* the longest reason, with the zero behind it */

/* The properties of an expected ping. Zeros let every ping in. */
typedef struct gr_expected {
  const char *target; /* the path and query that it must have; NULL: any */
  size_t target_len;
  uint64_t max_body; /* bytes; 0: any */
} gr_expected;

typedef struct gr_head {
  const char *method, *target, *content_type; /* content_type: NULL if the head has no such field */
  size_t method_len, target_len, content_type_len;
  uint64_t length; /* of the body; GR_LENGTH_UNKNOWN where the head does not say it */
} gr_head;

typedef struct gr_refusal {
  unsigned status;
  char reason[GR_REASON_SIZE]; /* one line of printable ASCII, whatever the head holds */
} gr_refusal;

/* Returns whether the request is refused, and fills 'refusal' if it is:
**   404  the target is not the expected one. Changes that proxies make on the way (escapes, repeated slashes,
**        dots) do not matter. The time of the comparison does not depend on the bytes of the expected target
**   405  the method is not POST
**   413  the body is announced to be larger than max_body
**   400  the content type is neither a form nor JSON
** The first of these that applies counts. */
int gr_gate_head (const gr_expected *expected, const gr_head *head, gr_refusal *refusal);

#endif
