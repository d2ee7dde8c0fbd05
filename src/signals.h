/* Signals that ask the program to end, noted instead of obeyed, so that what is under way can end first. */
#ifndef GR_SIGNALS_H
#define GR_SIGNALS_H

#include <signal.h>
#include <sys/types.h>

enum { GR_SIGNALS = 2 }; /* SIGINT and SIGTERM */

typedef struct gr_signals {
  int fds[2]; /* a pipe: readable once a signal came; -1 while closed */
  pid_t pid; /* whose signals they are: a forked child ends as it would have */
  volatile sig_atomic_t caught; /* the latest, or 0 */
  int is_ours[GR_SIGNALS], is_others[GR_SIGNALS]; /* whose handler it was when this was opened */
} gr_signals;

/* Notes from here on the signals that would end the program, each once: the second of a kind ends it. Those
** that it ignores or handles itself, and all if somebody notes them already, stay as they are. The memory
** must stay until it is closed. Returns 0 or an errno; it is closed then. */
int gr_signals_open (gr_signals *s);

/* The signal that came, or 0. Also one that the program handles, if its handler was taken away since, as
** Lua's own interpreter does when it interrupts a script. */
int gr_signals_caught (const gr_signals *s);

/* Lets the signals end the program again. Safe to repeat. */
void gr_signals_close (gr_signals *s);

#endif
