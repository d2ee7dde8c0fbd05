/* What bounds a listener: how long a request may take, how many connections there may be, and how much
** memory the bodies take that are under way. */
#ifndef GR_LISTENER_LIMITS_H
#define GR_LISTENER_LIMITS_H

#include "listener.h"

/* Lowers max_connections to what the process may open. */
void gr_limits_cap_connections (gr_listener *l);

/* Shows in the epoll set of the running daemon that somebody waits at the port, also while MHD accepts
** nobody. Returns 0 or an errno. */
int gr_limits_watch_port (gr_listener *l);

/* To be called after each run of MHD: sends away whom time or room is up for. */
void gr_limits_enforce (gr_listener *l);

/* Seconds until 'gr_limits_enforce' has something to do; HUGE_VAL: nothing. */
double gr_limits_wait (const gr_listener *l);

/* == The clock of the connections, in seconds == */

/* It stands still from the moment when the owner took a request until it asks for more: what arrives
** meanwhile has arrived in time. */
double gr_limits_now (const gr_listener *l);
void gr_limits_stop_clock (gr_listener *l);
void gr_limits_start_clock (gr_listener *l);

/* == Memory for bodies == */

/* Sets aside what the body of a request takes whose head has come. Returns 0 where there is no room:
** the connection is suspended then, and resumed with the stage GR_ADMITTED. */
int gr_limits_admit (gr_conn *c);

/* Gives it back to those that wait for it. Safe to repeat. */
void gr_limits_release (gr_conn *c);

/* == Connections == */

/* Waits for the client to take the response that is queued. */
void gr_conn_send (gr_conn *c);

/* Ends the connection: MHD sees the end of the stream and closes. */
void gr_conn_send_away (gr_conn *c);

#endif
