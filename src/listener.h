/* The listener without Lua. It receives HTTP requests with libmicrohttpd (MHD) and is driven from outside: it
** has no threads and never blocks. MHD's callbacks collect a request in the buffers of its connection, and
** suspend the connection once the request is complete. gr_request_take copies it to its new owner, and
** gr_request_send resumes the connection.
**
** A connection is in exactly one list of its listener: 'waiting' for a request, 'starved' (suspended after
** the head, because there is no memory for the body), 'complete' (suspended; the queue that
** gr_listener_complete shows), 'busy' (suspended while somebody holds its request), 'sending' the response
** or 'leaving' (told to go; MHD will see it). A held request and its connection point to each other as long
** as the connection is suspended; whichever goes first clears both pointers. The limits of all this are in
** listener_limits.c. */
#ifndef GR_LISTENER_H
#define GR_LISTENER_H

#include <stddef.h>
#include <stdint.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/types.h>
#include <microhttpd.h>

#include "buffer.h"
#include "gate.h"
#include "list.h"

#define GR_REFUSALS 32 /* how many are remembered until they are taken */

struct gr_conn;

/* A filter between arriving bodies and their buffers. A receiver has none; an emulator makes its faults
** here (listener_faults.c). */
typedef struct gr_filter {
  /* Called when the head has arrived. Returns whether the body is only counted, however long, and not kept.
  ** */
  int (*begin)(struct gr_filter *filter, struct gr_conn *c, uint64_t length);
  /* Called when conn->received has grown. Returns 0 if the connection must be closed. */
  int (*part)(struct gr_filter *filter, struct gr_conn *c);
  void (*release)(struct gr_filter *filter, const gr_memory *memory);
} gr_filter;

typedef struct gr_refused {
  gr_refusal refusal;
  char peer[INET6_ADDRSTRLEN];
  unsigned long missed; /* number of overwritten refusals before this one */
} gr_refused;

/* All zeros except 'memory' until it is opened. */
typedef struct gr_listener {
  gr_memory memory;
  struct MHD_Daemon *daemon; /* NULL while closed */
  pid_t pid; /* the process that opened it */
  int listen_fd, epoll_fd; /* the daemon's once it runs */
  int port_fd; /* a copy of the port's descriptor, see gr_limits_watch_port */
  int closing;
  int pending; /* the next run has something to do that MHD's descriptor does not show */
  unsigned idle_runs; /* since one of MHD's callbacks was called */
  char address[INET6_ADDRSTRLEN];
  int port;
  double timeout; /* seconds for a request to arrive */
  int is_stopped; /* the clock, see gr_limits_now: since when, and how long it stood still before */
  double stopped_at, stood_still;
  size_t max_body, max_memory;
  size_t reserved; /* part of max_memory in use */
  int has_gate;
  gr_expected expected; /* its target is in 'target' */
  gr_buffer target;
  struct {
    gr_refused entries[GR_REFUSALS];
    unsigned first, count;
  } refused; /* a ring */
  gr_filter *filter;
  unsigned connections, max_connections;
  unsigned long accepted, seen_accepted; /* connections so far: now, and at the last look at the port */
  int is_port_crowded; /* at the last look */
  double look_at; /* when the next one is due */
  double sent_away_at; /* when the last connection was told to leave */
  unsigned crowd; /* most clients that waited at the port at once */
  double room_at; /* by the clock: when somebody who takes the place of others may have to leave */
  unsigned long completed; /* requests so far; tells one in 'complete' from another */
  gr_link waiting, starved, sending; /* in order of 'since' */
  gr_link complete, busy, leaving;
} gr_listener;

enum gr_stage { GR_IDLE, GR_HEAD, GR_ADMITTED, GR_BODY, GR_REFUSED, GR_DRAINING, GR_FAILED, GR_COMPLETE };

typedef struct gr_conn {
  gr_link link; /* must be first: a link is cast to its connection */
  gr_listener *l;
  struct MHD_Connection *mhd;
  int fd;
  int has_spoken; /* whether a byte is known to have arrived */
  enum gr_stage stage;
  double since; /* when the wait for a request began, or the response last moved */
  unsigned long number; /* number of the complete request */
  char peer[INET6_ADDRSTRLEN];
  gr_buffer head; /* fields: URI, method, peer, then header names (in lower case) and values in turn */
  gr_buffer body;
  unsigned status; /* status of the response to a refused request whose body is still arriving */
  uint64_t length; /* announced length of the body, or GR_LENGTH_UNKNOWN */
  uint64_t received; /* bytes of the body, kept or not */
  uint64_t seen_read; /* bytes that MHD had read at the last check of the time */
  size_t reserved; /* part of the listener's max_memory */
  int seen_unsent; /* bytes of the response that waited in the socket then */
  int is_counted; /* whether the body is only counted */
  uint64_t cut_at; /* used by the filter */
  size_t cost; /* memory that the head takes from MHD's */
  int lengths; /* ways to see where the body ends, see 'count_lengths' */
  int is_folded; /* whether a header continues on another line */
  struct gr_request *held; /* the request as its owner holds it */
} gr_conn;

/* A request as its owner holds it; its size is sizeof(gr_request) + head_len + body_len. */
typedef struct gr_request {
  gr_conn *conn; /* NULL once it cannot be answered any more */
  int answered;
  struct MHD_Response *response; /* while it is being made */
  uint64_t received;
  size_t head_len, body_len;
  char bytes[]; /* head, body */
} gr_request;

/* Makes an empty listener from zeros and 'memory'. */
void gr_listener_init (gr_listener *l, gr_memory memory);

static inline gr_conn *gr_conn_of (gr_link *link) {
  return (gr_conn *)(void *)link;
}

/* Opens the port, using 'timeout', 'max_body', 'max_memory' and 'max_connections', which may be lowered.
** Returns 0, an errno, or -1 if MHD could not be started. */
int gr_listener_open (gr_listener *l, const struct addrinfo *ai);

/* Closes all connections and the port, and gives back all memory. After a fork it does not touch the
** parent's. Safe to repeat. */
void gr_listener_close (gr_listener *l);

/* Returns whether it is neither closed nor inherited through a fork. */
int gr_listener_is_open (const gr_listener *l);

/* From now on, refuses requests that are not as expected; NULL refuses none. Copies the target. If there is
** no memory, returns 0 and changes nothing. */
int gr_listener_expect (gr_listener *l, const gr_expected *expected);

/* Receives and sends everything possible without waiting. */
void gr_listener_step (gr_listener *l);

/* Returns seconds until a step is due even if the descriptor is not readable; HUGE_VAL means never. */
double gr_listener_timeout (gr_listener *l);

/* Takes the oldest remembered refusal. Returns 0 if no refusal is remembered. */
int gr_listener_next_refused (gr_listener *l, gr_refused *refused);

/* Returns the connection whose request has been complete for longest, or NULL. */
gr_conn *gr_listener_complete (gr_listener *l);

/* Starts the wait for a request, or for more of it, anew. */
void gr_conn_wait (gr_conn *c);

/* Fills a request, zeroed and of the right size, from a complete connection. */
void gr_request_take (gr_request *r, gr_conn *c);

/* Reads the field at *p and moves *p past it. */
const char *gr_next_field (const char **p, size_t *len);

int gr_request_can_answer (const gr_request *r);
void gr_request_drop_response (gr_request *r);

/* Lets MHD go on with the connection of a request, either to send the queued response or to close. */
void gr_request_let_go (gr_request *r);

enum gr_sent { GR_SENT, GR_CLIENT_GONE, GR_NOT_QUEUED };

/* Queues r->response, which is now complete, and lets the connection go. The request must be answerable. */
enum gr_sent gr_request_send (gr_request *r, unsigned status);

/* Called when its owner goes. Unless it was answered, the client gets 500 instead of waiting forever. */
void gr_request_abandon (gr_request *r);

#endif
