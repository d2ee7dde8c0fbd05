/* A stand-in for the <sys/event.h> of BSD and macOS, over epoll: the part of kqueue that src/poller.c uses, so
** that its other half can be compiled and run on Linux. It is for one thread. The timer of a closed kqueue is
** closed when its number is used again. */
#ifndef GR_SPEC_EVENT_H
#define GR_SPEC_EVENT_H

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

enum { EVFILT_READ = -1, EVFILT_WRITE = -2, EVFILT_TIMER = -7 };
enum { EV_ADD = 1, EV_DELETE = 2, EV_ENABLE = 4, EV_ONESHOT = 0x10, EV_DISPATCH = 0x80, EV_EOF = 0x8000 };

struct kevent {
  uintptr_t ident;
  int16_t filter;
  uint16_t flags;
  uint32_t fflags;
  intptr_t data;
  void *udata;
};

#define EV_SET(ev, i, f, fl, ff, d, u)                                                                       \
  (*(ev) = (struct kevent){                                                                                  \
     .ident = (i), .filter = (f), .flags = (fl), .fflags = (ff), .data = (d), .udata = (u)})

enum { GR_KQ_MAX = 4096, GR_KQ_ON = 1, GR_KQ_DISPATCH = 2 };

/* What a descriptor is watched for. epoll allows only one registration of a descriptor. */
static struct { int kq, fd, filters[2], is_timer; } gr_kq[GR_KQ_MAX];
static int gr_kq_count;

static inline int gr_kq_find (int kq, int fd, int is_timer) {
  for (int i = 0; i < gr_kq_count; i++)
    if (gr_kq[i].kq == kq && gr_kq[i].is_timer == is_timer && (is_timer || gr_kq[i].fd == fd)) return i;
  return -1;
}

static inline int gr_kq_add (int kq, int fd, int is_timer) {
  if (gr_kq_count == GR_KQ_MAX) {
    errno = ENOMEM;
    return -1;
  }
  memset(&gr_kq[gr_kq_count], 0, sizeof gr_kq[0]);
  gr_kq[gr_kq_count].kq = kq;
  gr_kq[gr_kq_count].fd = fd;
  gr_kq[gr_kq_count].is_timer = is_timer;
  return gr_kq_count++;
}

static inline int kqueue (void) {
  int kq = epoll_create1(0);
  for (int i = gr_kq_count - 1; kq >= 0 && i >= 0; i--)
    if (gr_kq[i].kq == kq) {
      if (gr_kq[i].is_timer) close(gr_kq[i].fd);
      gr_kq[i] = gr_kq[--gr_kq_count];
    }
  return kq;
}

/* Tells epoll what the entry watches for. */
static inline int gr_kq_register (int at) {
  struct epoll_event ev;
  memset(&ev, 0, sizeof ev);
  ev.data.fd = gr_kq[at].fd;
  ev.events = ((gr_kq[at].filters[0] & GR_KQ_ON) ? EPOLLIN | EPOLLRDHUP : 0u)
    | ((gr_kq[at].filters[1] & GR_KQ_ON) ? EPOLLOUT : 0u);
  if (ev.events == 0) return epoll_ctl(gr_kq[at].kq, EPOLL_CTL_DEL, gr_kq[at].fd, &ev);
  if (epoll_ctl(gr_kq[at].kq, EPOLL_CTL_ADD, gr_kq[at].fd, &ev) == 0) return 0;
  return errno == EEXIST ? epoll_ctl(gr_kq[at].kq, EPOLL_CTL_MOD, gr_kq[at].fd, &ev) : -1;
}

static inline int gr_kq_timer (int kq, const struct kevent *change) {
  struct itimerspec when;
  int at = gr_kq_find(kq, -1, 1);
  memset(&when, 0, sizeof when);
  if (at < 0 && (change->flags & EV_DELETE)) {
    errno = ENOENT;
    return -1;
  }
  if (at < 0) {
    at = gr_kq_add(kq, timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), 1);
    if (at < 0 || gr_kq[at].fd < 0) return -1;
    gr_kq[at].filters[0] = GR_KQ_ON;
    if (gr_kq_register(at) != 0) return -1;
  }
  if (!(change->flags & EV_DELETE)) {
    when.it_value.tv_sec = change->data / 1000;
    when.it_value.tv_nsec = (change->data % 1000) * 1000000L;
  }
  return timerfd_settime(gr_kq[at].fd, 0, &when, NULL);
}

static inline int gr_kq_change (int kq, const struct kevent *change) {
  if (change->filter == EVFILT_TIMER) return gr_kq_timer(kq, change);
  int fd = (int)change->ident, which = change->filter == EVFILT_WRITE, at = gr_kq_find(kq, fd, 0);
  int is_delete = (change->flags & EV_DELETE) != 0;
  if (is_delete && (at < 0 || gr_kq[at].filters[which] == 0)) {
    errno = ENOENT;
    return -1;
  }
  if (at < 0 && (at = gr_kq_add(kq, fd, 0)) < 0) return -1;
  gr_kq[at].filters[which] = is_delete ? 0 : GR_KQ_ON | ((change->flags & EV_DISPATCH) ? GR_KQ_DISPATCH : 0);
  int failed = gr_kq_register(at), error = errno; /* EBADF for a closed descriptor, as with kqueue */
  if (failed || (gr_kq[at].filters[0] | gr_kq[at].filters[1]) == 0) gr_kq[at] = gr_kq[--gr_kq_count];
  errno = error;
  return failed && is_delete && error == ENOENT ? 0 : failed;
}

static inline int gr_kq_tell (int at, int which, unsigned got, struct kevent *out) {
  EV_SET(out, (uintptr_t)gr_kq[at].fd, which ? EVFILT_WRITE : EVFILT_READ,
    (got & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) ? EV_EOF : 0, 0, 0, NULL);
  if (gr_kq[at].filters[which] & GR_KQ_DISPATCH) {
    gr_kq[at].filters[which] = GR_KQ_DISPATCH;
    gr_kq_register(at);
  }
  return 1;
}

static inline int gr_kq_tell_all (int kq, const struct epoll_event *ev, struct kevent *out) {
  uint64_t times;
  int timer = gr_kq_find(kq, -1, 1), at = gr_kq_find(kq, ev->data.fd, 0), count = 0;
  unsigned ended = EPOLLHUP | EPOLLERR;
  if (timer >= 0 && gr_kq[timer].fd == ev->data.fd) {
    EV_SET(out, 0, EVFILT_TIMER, 0, 0, 0, NULL);
    return read(ev->data.fd, &times, sizeof times) > 0;
  }
  if (at < 0) return 0;
  if ((ev->events & (EPOLLIN | EPOLLRDHUP | ended)) && (gr_kq[at].filters[0] & GR_KQ_ON))
    count += gr_kq_tell(at, 0, ev->events, out + count);
  if ((ev->events & (EPOLLOUT | ended)) && (gr_kq[at].filters[1] & GR_KQ_ON))
    count += gr_kq_tell(at, 1, ev->events, out + count);
  return count;
}

static inline int kevent (int kq, const struct kevent *changes, int change_count, struct kevent *events,
  int event_count, const struct timespec *limit) {
  struct epoll_event got[64];
  int count = 0, ms = limit == NULL ? -1 : (int)(limit->tv_sec * 1000 + (limit->tv_nsec + 999999) / 1000000);
  for (int i = 0; i < change_count; i++)
    if (gr_kq_change(kq, &changes[i]) != 0) return -1;
  if (event_count < 2) return 0;
  int n = epoll_wait(kq, got, event_count / 2 < 64 ? event_count / 2 : 64, ms);
  for (int i = 0; i < n; i++) count += gr_kq_tell_all(kq, &got[i], events + count);
  return n < 0 ? n : count;
}

#endif
