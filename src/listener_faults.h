/* Faults that an emulator, not a receiver, inflicts on its clients: connections that break in the middle of
** a request or a response, and bodies so large that they are only counted. */
#ifndef GR_LISTENER_FAULTS_H
#define GR_LISTENER_FAULTS_H

#include "listener.h"

/* Under paths that begin with 'prefix', a body announced to be larger than max_body is counted and thrown
** away instead of refused, and the timeout starts again as long as a body is arriving. Returns 0 if there
** is no memory. Must be called only once. */
int gr_faults_open (gr_listener *l, const char *prefix, size_t len);

/* Resets the connections of the next 'times' requests to these paths, each when 'bytes' bytes of its body
** have arrived. The first 'after' of them pass. */
void gr_faults_cut (gr_listener *l, uint64_t bytes, unsigned times, unsigned after);

/* Makes a response whose connection is reset once the first 'limit' of the 'len' bytes of its body are
** sent. Returns NULL if there is no memory. */
struct MHD_Response *gr_faults_part (gr_conn *c, const char *body, size_t len, size_t limit);

/* Resets the TCP connection and leaves the descriptor open, because MHD closes it. */
void gr_faults_reset (int fd);

#endif
