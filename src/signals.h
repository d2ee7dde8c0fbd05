/* Notes signals that ask the program to end instead of obeying them, so that work under way can end first.
** */
#ifndef GR_SIGNALS_H
#define GR_SIGNALS_H

#include <signal.h>
#include <sys/types.h>

enum { GR_SIGNALS = 2 }; /* SIGINT and SIGTERM */

typedef struct gr_signals {
  int fds[2]; /* a pipe: readable after a signal; -1 while closed */
  pid_t pid; /* the process that opened it: a forked child ends as it would have */
  volatile sig_atomic_t caught; /* the latest, or 0 */
  int is_ours[GR_SIGNALS], is_others[GR_SIGNALS]; /* whose handler it was when this was opened */
} gr_signals;

/* From here on, notes the signals that would end the program, each once: the second of a kind ends it.
** Signals that the program ignores or handles itself stay as they are, and so do all signals if somebody
** notes them already. The memory must stay until this is closed. Returns 0 or an errno; on failure it is
** closed. */
int gr_signals_open (gr_signals *s);

/* Returns the signal that came, or 0. Also returns one that the program handles if its handler was removed
** since then, as Lua's own interpreter does when it interrupts a script. */
int gr_signals_caught (const gr_signals *s);

/* Lets the signals end the program again. Safe to repeat. */
void gr_signals_close (gr_signals *s);

#endif
