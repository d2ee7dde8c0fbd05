/* The limits of a listener: how long a request may take, how many connections there may be, and how much
** memory the bodies under way may take. */
#ifndef GR_LISTENER_LIMITS_H
#define GR_LISTENER_LIMITS_H

#include "listener.h"

/* Lowers max_connections to the number that the process may open. */
void gr_limits_cap_connections (gr_listener *l);

/* Makes the epoll set of the running daemon show that somebody waits at the port, even while MHD accepts
** nobody. Returns 0 or an errno. */
int gr_limits_watch_port (gr_listener *l);

/* Sends away clients that are out of time or room. Must be called after each run of MHD. */
void gr_limits_enforce (gr_listener *l);

/* Returns seconds until 'gr_limits_enforce' has something to do, or HUGE_VAL for never. */
double gr_limits_wait (const gr_listener *l);

/* == The clock of the connections, in seconds == */

/* The clock stops when the owner takes a request and runs again when it asks for more, so anything that
** arrives meanwhile counts as arriving in time. */
double gr_limits_now (const gr_listener *l);
void gr_limits_stop_clock (gr_listener *l);
void gr_limits_start_clock (gr_listener *l);

/* == Memory for bodies == */

/* Sets aside memory for the body of a request whose head has arrived. Returns 0 if there is no room: then
** the connection is suspended, and resumed later with the stage GR_ADMITTED. */
int gr_limits_admit (gr_conn *c);

/* Gives the memory back to connections that wait for it. Safe to repeat. */
void gr_limits_release (gr_conn *c);

/* == Connections == */

/* Waits for the client to take the queued response. */
void gr_conn_send (gr_conn *c);

/* Ends the connection: MHD sees the end of the stream and closes. */
void gr_conn_send_away (gr_conn *c);

#endif
