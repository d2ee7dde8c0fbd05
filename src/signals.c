#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const int numbers[GR_SIGNALS] = {SIGINT, SIGTERM};

static gr_signals *volatile current; /* the one whose handlers are installed */

static void note (int sig) {
  gr_signals *s = current;
  int error = errno;
  if (s == NULL || s->pid != getpid()) raise(sig); /* ends us when this returns: see SA_RESETHAND */
  else {
    ssize_t written = write(s->fds[1], "", 1);
    (void)written;
    s->caught = sig;
  }
  errno = error;
}

typedef void (*handler)(int);

static handler handler_of (int sig) {
  struct sigaction action;
  return sigaction(sig, NULL, &action) == 0 ? action.sa_handler : SIG_IGN;
}

static int is_handled (int sig) {
  handler h = handler_of(sig);
  return h != SIG_DFL && h != SIG_IGN && h != note;
}

static int open_pipe (int fds[2]) {
  if (pipe(fds) != 0) return errno;
  for (int i = 0; i < 2; i++) {
    fcntl(fds[i], F_SETFD, FD_CLOEXEC);
    fcntl(fds[i], F_SETFL, O_NONBLOCK);
  }
  return 0;
}

int gr_signals_open (gr_signals *s) {
  struct sigaction action;
  memset(s, 0, sizeof *s);
  s->fds[0] = s->fds[1] = -1;
  s->pid = getpid();
  int error = open_pipe(s->fds);
  if (error != 0) return error;
  for (int i = 0; i < GR_SIGNALS; i++) s->is_others[i] = is_handled(numbers[i]);
  if (current != NULL && current->pid == s->pid) return 0;
  current = s;
  memset(&action, 0, sizeof action);
  action.sa_handler = note;
  action.sa_flags = (int)SA_RESETHAND;
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < GR_SIGNALS; i++)
    s->is_ours[i] = handler_of(numbers[i]) == SIG_DFL && sigaction(numbers[i], &action, NULL) == 0;
  return 0;
}

int gr_signals_caught (const gr_signals *s) {
  if (s->caught != 0) return s->caught;
  for (int i = 0; i < GR_SIGNALS; i++)
    if (s->fds[0] >= 0 && s->is_others[i] && handler_of(numbers[i]) == SIG_DFL) return numbers[i];
  return 0;
}

void gr_signals_close (gr_signals *s) {
  if (s->fds[0] < 0) return;
  if (current == s) {
    for (int i = 0; i < GR_SIGNALS; i++)
      if (s->is_ours[i] && handler_of(numbers[i]) == note) signal(numbers[i], SIG_DFL);
    current = NULL;
  }
  close(s->fds[0]);
  close(s->fds[1]);
  s->fds[0] = s->fds[1] = -1;
}
