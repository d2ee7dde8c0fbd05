/* The listener's limits. */
#include "listener_limits.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "clock.h"

#define PATIENCE 0.25 /* seconds that a client may take while others wait at the port ... */
#define PATIENCE_EACH 1e-3 /* ... and more for each of them if it has not sent a byte yet */
#define AWAY 0.1 /* after this many seconds the loop is late, not a client */
#define LOOK 0.05 /* seconds that MHD has to close a connection, or to accept one if it is not full */

enum {
  SPARE = 64, /* descriptors left to the rest of the process */
  LOOKS = 32 /* most connections checked to find one that may go */
};

/* == The clock == */

double gr_limits_now (const gr_listener *l) {
  return (l->is_stopped ? l->stopped_at : gr_now()) - l->stood_still;
}

void gr_limits_stop_clock (gr_listener *l) {
  if (l->is_stopped) return;
  l->stopped_at = gr_now();
  l->is_stopped = 1;
}

void gr_limits_start_clock (gr_listener *l) {
  if (!l->is_stopped) return;
  l->stood_still += gr_now() - l->stopped_at;
  l->is_stopped = 0;
}

/* Moves a connection to the end of a list, which keeps the list in order of 'since'. */
static void begin_wait (gr_conn *c, gr_link *list) {
  c->since = gr_limits_now(c->l);
  gr_list_move(list, &c->link);
}

void gr_conn_wait (gr_conn *c) {
  begin_wait(c, &c->l->waiting);
}

void gr_conn_send (gr_conn *c) {
  c->seen_unsent = -1;
  begin_wait(c, &c->l->sending);
}

/* == Memory for bodies == */

static size_t memory_for (const gr_conn *c) {
  return c->length == GR_LENGTH_UNKNOWN ? c->l->max_body : (size_t)c->length;
}

/* Returns the size up to which a body does not wait: one half of the memory is shared among the connections.
** So large bodies that never arrive cannot keep a ping waiting, which is small. */
static size_t share_of (const gr_listener *l) {
  return l->max_memory / 2 / l->max_connections;
}

/* For larger bodies. Returns true also if one alone is larger than the whole limit: otherwise it would wait
** forever. */
static int has_room (const gr_listener *l, size_t size) {
  size_t most = l->max_memory - share_of(l) * l->max_connections;
  return l->reserved == 0 || (size <= most && l->reserved <= most - size);
}

static void reserve (gr_conn *c) {
  c->reserved = memory_for(c);
  c->l->reserved += c->reserved;
}

int gr_limits_admit (gr_conn *c) {
  gr_listener *l = c->l;
  size_t size = memory_for(c);
  if (size <= share_of(l)) return 1;
  if (gr_list_is_empty(&l->starved) && has_room(l, size)) {
    reserve(c);
    return 1;
  }
  MHD_suspend_connection(c->mhd);
  begin_wait(c, &l->starved);
  return 0;
}

/* Admits bodies in the order in which they came, so that none waits forever. */
static void admit_next (gr_listener *l) {
  while (!gr_list_is_empty(&l->starved)) {
    gr_conn *c = gr_conn_of(l->starved.next);
    if (!has_room(l, memory_for(c))) return;
    reserve(c);
    c->stage = GR_ADMITTED;
    gr_conn_wait(c);
    l->pending = 1;
    MHD_resume_connection(c->mhd);
  }
}

void gr_limits_release (gr_conn *c) {
  gr_listener *l = c->l;
  if (c->reserved == 0) return;
  l->reserved -= c->reserved;
  c->reserved = 0;
  if (!l->closing) admit_next(l);
}

/* == Who must leave == */

void gr_conn_send_away (gr_conn *c) {
  shutdown(c->fd, SHUT_RDWR);
  /* after a suspension MHD does not watch a connection whose buffer is full until it can read on, but it checks
  ** its own timeout, which is in whole seconds */
  MHD_set_connection_option(c->mhd, MHD_CONNECTION_OPTION_TIMEOUT, 1u);
  gr_limits_release(c);
  gr_list_move(&c->l->leaving, &c->link);
  c->l->sent_away_at = gr_limits_now(c->l);
}

/* Closes a connection that waits for memory. */
static void close_starved (gr_conn *c) {
  c->stage = GR_FAILED;
  c->l->pending = 1;
  MHD_resume_connection(c->mhd);
  gr_conn_send_away(c);
}

/* Reads what the kernel knows about a connection or the port. */
static void read_info (int fd, struct tcp_info *info) {
  socklen_t len = sizeof *info;
  memset(info, 0, sizeof *info);
  getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &len);
}

/* Returns whether there are bytes that MHD has not read yet: then we are late, not the client. If MHD has
** read none since the last check, it never will. */
static int is_arriving (gr_conn *c) {
  struct tcp_info info;
  int unread = 0;
  if (c->stage == GR_REFUSED || ioctl(c->fd, FIONREAD, &unread) != 0 || unread == 0) return 0;
  read_info(c->fd, &info);
  uint64_t before = c->seen_read;
  c->seen_read = (uint64_t)info.tcpi_bytes_received - (uint64_t)unread;
  return c->seen_read != before;
}

static void close_late (gr_listener *l, double before) {
  gr_link *link, *next;
  for (link = l->waiting.next; link != &l->waiting; link = next) {
    gr_conn *c = gr_conn_of(link);
    next = link->next;
    if (c->since > before) return;
    if (before - c->since < AWAY || !is_arriving(c)) gr_conn_send_away(c);
  }
}

static void close_long_starved (gr_listener *l, double before) {
  while (!gr_list_is_empty(&l->starved) && gr_conn_of(l->starved.next)->since <= before)
    close_starved(gr_conn_of(l->starved.next));
}

/* Closes connections whose clients take none of their response. */
static void close_stuck (gr_listener *l, double before) {
  while (!gr_list_is_empty(&l->sending)) {
    gr_conn *c = gr_conn_of(l->sending.next);
    int unsent = 0;
    if (c->since > before) return;
    if (ioctl(c->fd, SIOCOUTQ, &unsent) != 0 || unsent == c->seen_unsent) gr_conn_send_away(c);
    else {
      begin_wait(c, &l->sending);
      c->seen_unsent = unsent;
    }
  }
}

/* Returns whether anyone waits at the port, and records the most who waited at once until nobody does. */
static int is_port_crowded (gr_listener *l) {
  struct tcp_info info;
  read_info(l->listen_fd, &info);
  if (info.tcpi_unacked == 0 || info.tcpi_unacked > l->crowd) l->crowd = info.tcpi_unacked;
  return info.tcpi_unacked > 0;
}

static int is_silent (gr_conn *c) {
  struct tcp_info info;
  if (c->has_spoken) return 0;
  read_info(c->fd, &info);
  c->has_spoken = info.tcpi_bytes_received > 0;
  return !c->has_spoken;
}

/* Returns whether there is room for more connections. If MHD finds no descriptor for one, it accepts nobody
** until one of its own is closed, and does not report this. In that case, those who waited at the last
** check still wait. */
static int has_place (gr_listener *l, double now) {
  if (l->connections >= l->max_connections) return !is_port_crowded(l);
  if (now >= l->look_at) {
    int has_waited = l->is_port_crowded && l->accepted == l->seen_accepted;
    l->is_port_crowded = is_port_crowded(l);
    l->seen_accepted = l->accepted;
    l->look_at = now + LOOK;
    if (has_waited && l->is_port_crowded) return 0;
  }
  if (l->is_port_crowded) l->room_at = l->look_at;
  return 1;
}

/* Returns when a connection must leave if another one wants its place. A client that opens many connections
** at once may take a while before it sends the first byte on each. */
static double due_for_place (gr_conn *c) {
  return c->since + PATIENCE + (is_silent(c) ? PATIENCE_EACH * c->l->crowd : 0);
}

/* Returns when a connection must leave if another one wants its memory: as soon as its body, at this rate,
** would be late. */
static double due_for_memory (gr_conn *c) {
  if (c->reserved == 0) return HUGE_VAL;
  return c->since + PATIENCE + c->l->timeout * (double)c->received / (double)c->reserved;
}

static double due_of (const gr_link *list, double patience) {
  return gr_list_is_empty(list) ? HUGE_VAL : gr_conn_of(list->next)->since + patience;
}

/* While others wait at the port, or for memory, closes the connection that has waited longest for its whole
** request. It closes one at a time, because MHD must close it before it is known whether others still
** wait. */
static void make_room (gr_listener *l, double now) {
  int looks = LOOKS, for_memory = !gr_list_is_empty(&l->starved);
  l->room_at = gr_list_is_empty(&l->leaving) ? HUGE_VAL : l->sent_away_at + LOOK;
  if (l->room_at < HUGE_VAL && l->room_at > now) return; /* MHD is about to close it */
  l->room_at = HUGE_VAL;
  int for_place = !has_place(l, now);
  if (!for_place && !for_memory) return;
  gr_conn *starved = gr_conn_of(l->starved.next);
  double starved_due = for_place ? due_of(&l->starved, PATIENCE) : HUGE_VAL;
  l->room_at = starved_due;
  for (gr_link *link = l->waiting.next; link != &l->waiting; link = link->next) {
    gr_conn *c = gr_conn_of(link);
    if (starved_due <= now && starved->since <= c->since) break; /* all that follow have waited less */
    double due = for_memory ? due_for_memory(c) : HUGE_VAL;
    if (for_place && looks-- > 0) due = fmin(due, due_for_place(c));
    if (due <= now && !is_arriving(c)) {
      gr_conn_send_away(c);
      return;
    }
    l->room_at = fmin(l->room_at, due);
    if (c->since + PATIENCE > now) { /* all that follow it came later */
      l->room_at = fmin(l->room_at, c->since + PATIENCE);
      return;
    }
  }
  if (starved_due <= now) close_starved(starved);
}

void gr_limits_enforce (gr_listener *l) {
  double now = gr_limits_now(l);
  close_late(l, now - l->timeout);
  close_long_starved(l, now - l->timeout);
  close_stuck(l, now - l->timeout);
  make_room(l, now);
}

double gr_limits_wait (const gr_listener *l) {
  double due = fmin(due_of(&l->waiting, l->timeout), due_of(&l->starved, l->timeout));
  due = fmin(fmin(due, due_of(&l->sending, l->timeout)), l->room_at);
  return fmax(0, due - gr_limits_now(l));
}

/* == Opening == */

void gr_limits_cap_connections (gr_listener *l) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  rlim_t most = limit.rlim_cur > SPARE ? limit.rlim_cur - SPARE : 1;
  if (l->max_connections > most) l->max_connections = (unsigned)most;
}

/* MHD takes the port out of its epoll set while it accepts nobody. Under another number the port stays
** there, edge triggered so that it wakes nobody twice. MHD skips events that point nowhere. */
int gr_limits_watch_port (gr_listener *l) {
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data = {.ptr = NULL}};
  l->port_fd = fcntl(l->listen_fd, F_DUPFD_CLOEXEC, 0);
  if (l->port_fd < 0) return errno;
  return epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, l->port_fd, &event) == 0 ? 0 : errno;
}
