/* A set of watched descriptors and one timer, all behind a single descriptor that any
** event loop can watch: epoll with a timerfd on Linux, kqueue on BSD and macOS. */
#ifndef GR_POLLER_H
#define GR_POLLER_H

enum { GR_READ = 1, GR_WRITE = 2, GR_HANGUP = 4, GR_ONCE = 8 };

typedef struct gr_poller {
  int fd; /* -1 while closed */
  int timer_fd; /* epoll only; -1 elsewhere */
} gr_poller;

typedef struct gr_ready {
  int fd; /* -1: the timer has run out */
  int events; /* GR_READ, GR_WRITE, GR_HANGUP */
} gr_ready;

/* Returns 0, or an errno; on failure the poller is closed. */
int gr_poller_open (gr_poller *p);
void gr_poller_close (gr_poller *p);

/* Closes it in the child of a fork without touching the parent's. */
void gr_poller_abandon (gr_poller *p);

/* Watches fd for 'events', no matter what it was watched for before; 0 stops watching it. With GR_ONCE it
** is reported once, and then not until it is watched again. Returns 0 or an errno; it is not an error to
** stop watching a descriptor that is already gone. */
int gr_poller_watch (gr_poller *p, int fd, int events);

/* Makes the timer expire once, in 'ms' milliseconds; a negative value means never. */
void gr_poller_timer (gr_poller *p, long ms);

/* Waits at most 'ms' milliseconds; returns the number of entries of 'out' that were filled. */
int gr_poller_wait (gr_poller *p, gr_ready *out, int size, int ms);

#endif
