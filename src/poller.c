#include "poller.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MAX_READY 64

#if defined(__linux__) && !defined(GR_USE_KQUEUE)

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

int gr_poller_open (gr_poller *p) {
  p->timer_fd = -1;
  p->fd = epoll_create1(EPOLL_CLOEXEC);
  if (p->fd < 0) return errno;
  p->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  int failed = p->timer_fd < 0 ? errno : gr_poller_watch(p, p->timer_fd, GR_READ);
  if (failed) gr_poller_close(p);
  return failed;
}

void gr_poller_close (gr_poller *p) {
  if (p->timer_fd >= 0) close(p->timer_fd);
  if (p->fd >= 0) close(p->fd);
  p->fd = p->timer_fd = -1;
}

void gr_poller_abandon (gr_poller *p) {
  gr_poller_close(p);
}

int gr_poller_watch (gr_poller *p, int fd, int events) {
  struct epoll_event ev;
  memset(&ev, 0, sizeof ev);
  if (events == 0) {
    epoll_ctl(p->fd, EPOLL_CTL_DEL, fd, &ev); /* a closed descriptor has left by itself */
    return 0;
  }
  ev.data.fd = fd;
  ev.events = ((events & GR_READ) ? EPOLLIN : 0u) | ((events & GR_WRITE) ? EPOLLOUT : 0u)
    | ((events & GR_ONCE) ? EPOLLONESHOT : 0u);
  if (epoll_ctl(p->fd, EPOLL_CTL_ADD, fd, &ev) == 0) return 0;
  if (errno == EEXIST && epoll_ctl(p->fd, EPOLL_CTL_MOD, fd, &ev) == 0) return 0;
  return errno;
}

void gr_poller_timer (gr_poller *p, long ms) {
  struct itimerspec when;
  memset(&when, 0, sizeof when);
  if (ms == 0) when.it_value.tv_nsec = 1; /* zero would switch the timer off */
  if (ms > 0) {
    when.it_value.tv_sec = ms / 1000;
    when.it_value.tv_nsec = (ms % 1000) * 1000000;
  }
  timerfd_settime(p->timer_fd, 0, &when, NULL);
}

int gr_poller_wait (gr_poller *p, gr_ready *out, int size, int ms) {
  struct epoll_event events[MAX_READY];
  int n = epoll_wait(p->fd, events, size < MAX_READY ? size : MAX_READY, ms);
  for (int i = 0; i < n; i++) {
    unsigned got = events[i].events;
    out[i].fd = events[i].data.fd;
    out[i].events = ((got & EPOLLIN) ? GR_READ : 0) | ((got & EPOLLOUT) ? GR_WRITE : 0)
      | ((got & (EPOLLERR | EPOLLHUP)) ? GR_HANGUP : 0);
    if (out[i].fd == p->timer_fd) {
      uint64_t expirations;
      if (read(p->timer_fd, &expirations, sizeof expirations) < 0) continue; /* the timer was set anew */
      out[i].fd = -1;
    }
  }
  return n < 0 ? 0 : n; /* a signal: the caller looks again */
}

#else

#include <fcntl.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>

int gr_poller_open (gr_poller *p) {
  p->timer_fd = -1;
  p->fd = kqueue();
  if (p->fd < 0) return errno;
  fcntl(p->fd, F_SETFD, FD_CLOEXEC);
  return 0;
}

void gr_poller_close (gr_poller *p) {
  if (p->fd >= 0) close(p->fd);
  p->fd = -1;
}

/* A child does not inherit a kqueue: the number may be another file's by now. */
void gr_poller_abandon (gr_poller *p) {
  p->fd = -1;
}

static int change (gr_poller *p, uintptr_t ident, int filter, int flags, intptr_t data) {
  struct kevent ev;
  EV_SET(&ev, ident, (int16_t)filter, (uint16_t)flags, 0, data, NULL);
  return kevent(p->fd, &ev, 1, NULL, 0, NULL) < 0 ? errno : 0;
}

int gr_poller_watch (gr_poller *p, int fd, int events) {
  int failed = 0, add = EV_ADD | EV_ENABLE | ((events & GR_ONCE) ? EV_DISPATCH : 0);
  if (events & GR_READ) failed = change(p, (uintptr_t)fd, EVFILT_READ, add, 0);
  else change(p, (uintptr_t)fd, EVFILT_READ, EV_DELETE, 0);
  if (failed) return failed;
  if (events & GR_WRITE) failed = change(p, (uintptr_t)fd, EVFILT_WRITE, add, 0);
  else change(p, (uintptr_t)fd, EVFILT_WRITE, EV_DELETE, 0);
  return failed;
}

void gr_poller_timer (gr_poller *p, long ms) {
  if (ms < 0) change(p, 0, EVFILT_TIMER, EV_DELETE, 0);
  else change(p, 0, EVFILT_TIMER, EV_ADD | EV_ONESHOT, ms > 0 ? ms : 1);
}

int gr_poller_wait (gr_poller *p, gr_ready *out, int size, int ms) {
  struct kevent events[MAX_READY];
  struct timespec limit = {ms / 1000, (ms % 1000) * 1000000L};
  int n = kevent(p->fd, NULL, 0, events, size < MAX_READY ? size : MAX_READY, ms < 0 ? NULL : &limit);
  for (int i = 0; i < n; i++) {
    out[i].fd = events[i].filter == EVFILT_TIMER ? -1 : (int)events[i].ident;
    out[i].events =
      (events[i].filter == EVFILT_WRITE ? GR_WRITE : GR_READ) | ((events[i].flags & EV_EOF) ? GR_HANGUP : 0);
  }
  return n < 0 ? 0 : n;
}

#endif
