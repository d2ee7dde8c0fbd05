/* What an emulator does to its clients, and no receiver: connections that break in the middle of a
** request or a response, and bodies so large that they are only counted. */
#ifndef GR_LISTENER_FAULTS_H
#define GR_LISTENER_FAULTS_H

#include "listener.h"

/* Under paths that begin with 'prefix' a body that is announced to be larger than max_body is counted and
** thrown away, not refused; and the timeout begins anew as long as a body comes in.
** Returns 0 where there is no memory. To be called once. */
int gr_faults_open (gr_listener *l, const char *prefix, size_t len);

/* Resets the connections of the next 'times' requests to these paths, each once 'bytes' of its body have
** come in; the first 'after' of them pass. */
void gr_faults_cut (gr_listener *l, uint64_t bytes, unsigned times, unsigned after);

/* A response whose connection is reset once the first 'limit' of the 'len' bytes of its body are sent.
** NULL where there is no memory. */
struct MHD_Response *gr_faults_part (gr_conn *c, const char *body, size_t len, size_t limit);

/* Resets the TCP connection and leaves the descriptor open, as that is MHD's to close. */
void gr_faults_reset (int fd);

#endif
