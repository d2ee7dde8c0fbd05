/* gumroad.listener: receives HTTP requests with libmicrohttpd (MHD), driven from outside:
** no threads, nothing blocks. MHD's callbacks never touch Lua: they collect a request in the
** buffers of its connection, and suspend the connection once the request is complete.
** l:next() copies it into a userdata, r:answer() resumes the connection.
**
** A connection is in exactly one list of its listener: 'waiting' (for a request, in order of
** the deadline), 'complete' (suspended; the queue that l:next() takes from) or 'busy'
** (suspended while Lua holds its request, or resumed and sending the answer). A request that
** Lua holds and its connection point to each other as long as the connection is suspended;
** whichever goes first clears both pointers. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netdb.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <microhttpd.h>

#include "module.h"

#define LISTENER "gumroad.listener"
#define REQUEST "gumroad.listener.request"

#define POOL_SIZE 65536  /* MHD's memory for one connection: request head and read buffer */
#define KEEP_SIZE 65536  /* a larger body buffer is not kept for the connection's next request */

/* MHD_VERSION is in BCD; before 0.9.71 the callbacks returned an int. */
#if MHD_VERSION >= 0x00097002
typedef enum MHD_Result gr_Result;
#else
typedef int gr_Result;
#endif

static const char TOO_LARGE[] =
  "HTTP/1.1 413 Content Too Large\r\nContent-Type: text/plain\r\nContent-Length: 30\r\n"
  "Connection: close\r\n\r\nThe request body is too large.";
static const char UNCLEAR[] =
  "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 44\r\n"
  "Connection: close\r\n\r\nIt is not clear where the request body ends.";
static const char DROPPED[] = "The request was dropped without an answer.";

typedef struct gr_Link { struct gr_Link *prev, *next; } gr_Link;

typedef struct gr_Buffer { char *bytes; size_t len, cap; } gr_Buffer;

typedef struct gr_Listener {
  lua_Alloc alloc;  /* the Lua state's allocator: all our own memory comes from it */
  void *alloc_ud;
  struct MHD_Daemon *daemon;  /* NULL while closed */
  pid_t pid;  /* the process that opened it */
  int listen_fd, epoll_fd;  /* the daemon's once it runs */
  int closing;
  int resumed;  /* an answer waits for the next run, which MHD's descriptor does not show */
  char address[INET6_ADDRSTRLEN];
  int port;
  double timeout;  /* seconds for a request to arrive */
  size_t max_body;
  gr_Buffer large;  /* the path prefix under which a larger body is counted, not refused */
  struct { uint64_t bytes; unsigned times, after; } cut;  /* see listener_cut */
  unsigned connections, max_connections;
  unsigned long completed;  /* requests so far; tells one in 'complete' from another */
  gr_Link waiting, complete, busy;
} gr_Listener;

enum stage { IDLE, HEAD, BODY, REFUSED, FAILED, COMPLETE };

typedef struct gr_Conn {
  gr_Link link;  /* first: a link is cast to its connection */
  gr_Listener *l;
  struct MHD_Connection *mhd;
  int fd;
  enum stage stage;
  double since;  /* the beginning of the wait for a request */
  unsigned long number;  /* of the complete request */
  char peer[INET6_ADDRSTRLEN];
  gr_Buffer head;  /* fields: method, URI, peer, then header names and values in turn */
  gr_Buffer body;
  uint64_t received;  /* bytes of the body, kept or not */
  uint64_t cut_at;  /* after so many the connection is reset; UINT64_MAX: never */
  int is_large;  /* whether the path is one for large bodies */
  int is_counted;  /* whether the body is only that: counted */
  int lengths;  /* ways to see where the body ends, see 'count_lengths' */
  struct gr_Request *held;  /* the request as Lua holds it */
} gr_Conn;

typedef struct gr_Request {
  gr_Conn *conn;  /* NULL once it cannot be answered any more */
  int answered;
  struct MHD_Response *response;  /* while it is being made: what raises leaves it to __gc */
  uint64_t received;
  size_t head_len, body_len;
  char bytes[];  /* head, body */
} gr_Request;

/* A body of which only the first 'limit' bytes are sent. */
typedef struct gr_Part {
  lua_Alloc alloc;
  void *alloc_ud;
  size_t size;  /* of the whole block */
  int fd;
  size_t limit;
  char bytes[];
} gr_Part;

static double now (void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/*
** Lists and buffers
*/

static void list_init (gr_Link *list) {
  list->prev = list->next = list;
}

static void unlink_from_list (gr_Link *link) {
  link->prev->next = link->next;
  link->next->prev = link->prev;
}

static void append (gr_Link *list, gr_Link *link) {
  link->prev = list->prev;
  link->next = list;
  list->prev->next = link;
  list->prev = link;
}

static void move (gr_Link *list, gr_Conn *c) {
  unlink_from_list(&c->link);
  append(list, &c->link);
}

static gr_Conn *first (gr_Link *list) {
  return list->next == list ? NULL : (gr_Conn *)list->next;
}

/* Moves to the end of the list of waiting connections, which so stays in order of 'since'. */
static void wait_from_now (gr_Conn *c) {
  c->since = now();
  move(&c->l->waiting, c);
}

static int reserve (gr_Listener *l, gr_Buffer *b, size_t more) {
  size_t cap = b->cap < 1024 ? 1024 : b->cap;
  if (more > SIZE_MAX / 4 || b->len > SIZE_MAX / 4) return 0;
  while (cap < b->len + more) cap *= 2;
  if (cap == b->cap) return 1;
  char *bytes = l->alloc(l->alloc_ud, b->bytes, b->cap, cap);
  if (bytes == NULL) return 0;
  b->bytes = bytes;
  b->cap = cap;
  return 1;
}

static void release (gr_Listener *l, gr_Buffer *b) {
  if (b->bytes != NULL) l->alloc(l->alloc_ud, b->bytes, b->cap, 0);
  memset(b, 0, sizeof *b);
}

static int add (gr_Listener *l, gr_Buffer *b, const char *bytes, size_t len) {
  if (!reserve(l, b, len)) return 0;
  memcpy(b->bytes + b->len, bytes, len);
  b->len += len;
  return 1;
}

/* A field is its length, then its bytes. */
static int add_field (gr_Listener *l, gr_Buffer *b, const char *bytes, size_t len) {
  return add(l, b, (const char *)&len, sizeof len) && add(l, b, bytes, len);
}

/* Reads the field at *p and moves *p past it. */
static const char *next_field (const char **p, size_t *len) {
  memcpy(len, *p, sizeof *len);
  const char *bytes = *p + sizeof *len;
  *p = bytes + *len;
  return bytes;
}

static char lower (char ch) {
  return (char)(ch >= 'A' && ch <= 'Z' ? ch | 0x20 : ch);
}

/* How many ways to see where the body ends a header adds, its name in lower case: two where a
** blank before the colon hides the name from MHD, but not from others. */
static int count_lengths (const char *name, size_t len) {
  size_t bare = len;
  while (bare > 0 && (name[bare - 1] == ' ' || name[bare - 1] == '\t')) bare--;
  if (!(bare == 14 && memcmp(name, "content-length", 14) == 0)
      && !(bare == 17 && memcmp(name, "transfer-encoding", 17) == 0)) return 0;
  return bare < len ? 2 : 1;
}

/*
** Sockets
*/

static void address_text (const struct sockaddr *sa, char *text) {
  const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)sa;
  const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)sa;
  if (sa->sa_family == AF_INET) inet_ntop(AF_INET, &v4->sin_addr, text, INET6_ADDRSTRLEN);
  else if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))  /* an IPv4 client of a listener on '::' */
    inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], text, INET6_ADDRSTRLEN);
  else inet_ntop(AF_INET6, &v6->sin6_addr, text, INET6_ADDRSTRLEN);
}

/* Resets the TCP connection and leaves the descriptor open, as that is MHD's to close. A
** close with SO_LINGER 0 would not do: MHD shuts down first, and the client may take the
** FIN for a regular end. What was sent before is pushed out, where MHD holds back part of
** a packet. */
static void reset_socket (int fd) {
  const int on = 1;
  const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connect(fd, &nobody, sizeof nobody);
}

/* Whether the client has closed its side, or the connection is broken. */
static int has_gone (int fd) {
  struct pollfd p = {.fd = fd, .events = POLLRDHUP};
  return poll(&p, 1, 0) > 0;
}

/*
** MHD's callbacks: no Lua from here ...
*/

static gr_Result on_accept (void *ud, const struct sockaddr *address, socklen_t len) {
  gr_Listener *l = (gr_Listener *)ud;
  (void)address; (void)len;
  return l->connections < l->max_connections ? MHD_YES : MHD_NO;
}

static void conn_free (gr_Conn *c) {
  gr_Listener *l = c->l;
  unlink_from_list(&c->link);
  release(l, &c->head);
  release(l, &c->body);
  l->alloc(l->alloc_ud, c, sizeof *c, 0);
  l->connections--;
}

static void conn_new (gr_Listener *l, struct MHD_Connection *mhd, void **ctx) {
  int fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
  gr_Conn *c = l->alloc(l->alloc_ud, NULL, 0, sizeof *c);
  *ctx = c;
  if (c == NULL) { shutdown(fd, SHUT_RDWR); return; }  /* nobody would watch over it */
  memset(c, 0, sizeof *c);
  c->l = l;
  c->mhd = mhd;
  c->fd = fd;
  address_text(MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr,
               c->peer);
  c->since = now();
  append(&l->waiting, &c->link);
  l->connections++;
}

static void on_connection (void *ud, struct MHD_Connection *mhd, void **ctx,
                           enum MHD_ConnectionNotificationCode code) {
  if (code == MHD_CONNECTION_NOTIFY_STARTED) conn_new((gr_Listener *)ud, mhd, ctx);
  else if (*ctx != NULL) conn_free((gr_Conn *)*ctx);
}

/* The request line has come: the only place where MHD shows the URI as it was sent (and as
** a C string: it gives no length). */
static void *on_uri (void *ud, const char *uri, struct MHD_Connection *mhd) {
  gr_Listener *l = (gr_Listener *)ud;
  gr_Conn *c = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
  if (c == NULL || !add_field(l, &c->head, uri, strlen(uri))) return NULL;
  c->stage = HEAD;
  wait_from_now(c);
  return c;
}

static gr_Result on_header (void *ud, enum MHD_ValueKind kind, const char *name,
                            size_t name_len, const char *value, size_t value_len) {
  gr_Conn *c = (gr_Conn *)ud;
  size_t at = c->head.len;
  (void)kind;
  if (!add_field(c->l, &c->head, name, name_len)
      || !add_field(c->l, &c->head, value != NULL ? value : "", value_len)) {
    c->stage = FAILED;  /* MHD's count would not show it */
    return MHD_NO;
  }
  char *copy = c->head.bytes + at + sizeof name_len;
  for (size_t i = 0; i < name_len; i++) copy[i] = lower(copy[i]);
  c->lengths += count_lengths(copy, name_len);
  return MHD_YES;
}

/* MHD has no room for an answer while a body comes in, and closing with bytes unread would
** reset the connection before the client has read why. So the answer goes to the socket,
** which has nothing else to send now; the rest of the body is thrown away, until the client
** is done or its time is over. */
static gr_Result refuse (gr_Conn *c, const char *answer) {
  c->stage = REFUSED;
  c->body.len = 0;
  if (send(c->fd, answer, strlen(answer), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    return MHD_NO;
  shutdown(c->fd, SHUT_WR);
  return MHD_YES;
}

/* Whether the URI, which the head begins with, is one for large bodies. */
static int begins_large (const gr_Conn *c) {
  const gr_Buffer *prefix = &c->l->large;
  size_t len;
  const char *p = c->head.bytes, *uri = next_field(&p, &len);
  return prefix->len > 0 && len >= prefix->len && memcmp(uri, prefix->bytes, prefix->len) == 0;
}

/* Where the body of this request is to be cut. */
static uint64_t take_cut (gr_Listener *l) {
  if (l->cut.times == 0) return UINT64_MAX;
  if (l->cut.after > 0) { l->cut.after--; return UINT64_MAX; }
  l->cut.times--;
  return l->cut.bytes;
}

static gr_Result take_head (gr_Conn *c, const char *method) {
  gr_Listener *l = c->l;
  const char *length =
    MHD_lookup_connection_value(c->mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
  if (!add_field(l, &c->head, method, strlen(method))
      || !add_field(l, &c->head, c->peer, strlen(c->peer))) return MHD_NO;
  c->lengths = 0;
  MHD_get_connection_values_n(c->mhd, MHD_HEADER_KIND, on_header, c);
  if (c->stage == FAILED) return MHD_NO;
  if (c->lengths > 1) return refuse(c, UNCLEAR);
  c->is_large = begins_large(c);
  c->is_counted = length != NULL && strtoull(length, NULL, 10) > l->max_body;
  c->cut_at = c->is_large ? take_cut(l) : UINT64_MAX;
  c->received = 0;
  if (c->is_counted && !c->is_large) return refuse(c, TOO_LARGE);
  c->stage = BODY;
  return MHD_YES;
}

static gr_Result take_body (gr_Conn *c, const char *data, size_t len) {
  c->received += len;
  if (c->is_large) wait_from_now(c);  /* it may come in for long: its time begins anew */
  if (c->received >= c->cut_at) { reset_socket(c->fd); return MHD_NO; }
  if (c->is_counted) return MHD_YES;
  if (len > c->l->max_body - c->body.len) return refuse(c, TOO_LARGE);
  return add(c->l, &c->body, data, len) ? MHD_YES : MHD_NO;
}

static gr_Result complete (gr_Conn *c) {
  c->stage = COMPLETE;
  c->number = ++c->l->completed;
  MHD_suspend_connection(c->mhd);
  move(&c->l->complete, c);
  return MHD_YES;
}

/* Called when the head has come, with each part of the body, and at the end (no data). */
static gr_Result on_request (void *ud, struct MHD_Connection *mhd, const char *url,
                             const char *method, const char *version, const char *data,
                             size_t *len, void **ctx) {
  gr_Listener *l = (gr_Listener *)ud;
  gr_Conn *c = (gr_Conn *)*ctx;
  size_t n = *len;
  (void)mhd; (void)url; (void)version;
  if (c == NULL || l->closing) return MHD_NO;
  *len = 0;
  switch (c->stage) {
    case HEAD: return take_head(c, method);
    case BODY: return n > 0 ? take_body(c, data, n) : complete(c);
    case REFUSED: return n > 0 ? MHD_YES : MHD_NO;
    default: return MHD_NO;  /* resumed without an answer: it is to be closed */
  }
}

/* The request is over, one way or another; the connection may go on with the next. */
static void on_completed (void *ud, struct MHD_Connection *mhd, void **ctx,
                          enum MHD_RequestTerminationCode code) {
  gr_Conn *c = (gr_Conn *)*ctx;
  (void)ud; (void)mhd; (void)code;
  if (c == NULL) return;
  c->stage = IDLE;
  c->head.len = c->body.len = 0;
  if (c->body.cap > KEEP_SIZE) release(c->l, &c->body);
  wait_from_now(c);
  *ctx = NULL;
}

static ssize_t on_part (void *ud, uint64_t pos, char *out, size_t max) {
  gr_Part *part = (gr_Part *)ud;
  size_t left = part->limit - (size_t)pos;
  if (left == 0) {
    reset_socket(part->fd);
    return MHD_CONTENT_READER_END_WITH_ERROR;
  }
  if (max > left) max = left;
  memcpy(out, part->bytes + pos, max);
  return (ssize_t)max;
}

static void on_part_done (void *ud) {
  gr_Part *part = (gr_Part *)ud;
  part->alloc(part->alloc_ud, part, part->size, 0);
}

/*
** ... to here. The listener
*/

static gr_Listener *check_listener (lua_State *L) {
  return (gr_Listener *)luaL_checkudata(L, 1, LISTENER);
}

/* Neither closed nor inherited through a fork. */
static int is_open (const gr_Listener *l) {
  return l->daemon != NULL && l->pid == getpid();
}

/* Parts a connection from the request that Lua holds. */
static void part_from_request (gr_Conn *c) {
  if (c->held == NULL) return;
  c->held->conn = NULL;
  c->held = NULL;
}

static void resume_all (gr_Link *list) {
  gr_Link *link;
  for (link = list->next; link != list; link = link->next) {
    gr_Conn *c = (gr_Conn *)link;
    if (c->held == NULL && list == &c->l->busy) continue;  /* its answer is on the way */
    part_from_request(c);
    MHD_resume_connection(c->mhd);
  }
}

/* Ends the daemon. It may not be stopped with connections suspended, and takes a run to
** see that they are resumed; the same run sends the answers given before. */
static void stop (gr_Listener *l) {
  l->closing = 1;
  resume_all(&l->complete);
  resume_all(&l->busy);
  MHD_run(l->daemon);
  MHD_stop_daemon(l->daemon);
}

static void abandon_list (gr_Link *list) {
  gr_Conn *c;
  while ((c = first(list)) != NULL) {
    part_from_request(c);
    close(c->fd);
    conn_free(c);
  }
}

/* After a fork the epoll set and the connections belong to the parent: stopping the daemon
** here would take them away there. Only descriptors are closed; the daemon's memory has to
** be left alone. */
static void abandon (gr_Listener *l) {
  abandon_list(&l->waiting);
  abandon_list(&l->complete);
  abandon_list(&l->busy);
  close(l->listen_fd);
  close(l->epoll_fd);
}

/* l:close(): closes all connections and the port. Answers that were given before are sent
** as far as the sockets take them at once. Requests that Lua still holds can be read, but
** not answered. Safe to repeat. */
static int listener_close (lua_State *L) {
  gr_Listener *l = check_listener(L);
  release(l, &l->large);
  if (l->daemon == NULL) return 0;
  if (l->pid == getpid()) stop(l);
  else abandon(l);
  l->daemon = NULL;
  return 0;
}

/* Fills 'listen_fd', 'address' and 'port'; returns 0, or an errno. */
static int open_port (gr_Listener *l, const struct addrinfo *ai) {
  const int on = 1, off = 0;
  struct sockaddr_storage bound;
  socklen_t len = sizeof bound;
  l->listen_fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (l->listen_fd < 0) return errno;
  setsockopt(l->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (ai->ai_family == AF_INET6)  /* '::' takes IPv4 too, whatever the system's default */
    setsockopt(l->listen_fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind(l->listen_fd, ai->ai_addr, ai->ai_addrlen) != 0
      || listen(l->listen_fd, SOMAXCONN) != 0
      || getsockname(l->listen_fd, (struct sockaddr *)&bound, &len) != 0) {
    int error = errno;
    close(l->listen_fd);
    return error;
  }
  address_text((struct sockaddr *)&bound, l->address);
  l->port = ntohs(bound.ss_family == AF_INET ? ((struct sockaddr_in *)&bound)->sin_port
                                             : ((struct sockaddr_in6 *)&bound)->sin6_port);
  return 0;
}

static int fail_to_open (lua_State *L, int error, const char *address, int port) {
  lua_pushnil(L);
  switch (error) {
    case EADDRINUSE:
      lua_pushliteral(L, "in_use");
      lua_pushfstring(L, "port %d on %s is already taken; choose another port, or 0 for any "
                         "free one", port, address);
      break;
    case EACCES:
      lua_pushliteral(L, "permission");
      lua_pushfstring(L, "this process may not open port %d on %s; choose a port above 1023",
                      port, address);
      break;
    case EADDRNOTAVAIL: case EAFNOSUPPORT:
      lua_pushliteral(L, "address");
      lua_pushfstring(L, "%s is not an address of this machine; choose one that is, or "
                         "0.0.0.0 for all", address);
      break;
    default:
      lua_pushliteral(L, "system");
      lua_pushfstring(L, "cannot listen on port %d of %s: %s", port, address, strerror(error));
  }
  return 3;
}

/* Starts MHD on the open port, which is MHD's from then on. */
static int start (gr_Listener *l) {
  const union MHD_DaemonInfo *info;
  /* MHD's own timeout counts idle time, in whole seconds; it is for clients that do not take
  ** their answer. A request that is late is noticed in 'close_late'. MHD's limit of
  ** connections is out of reach: MHD would stop accepting, where on_accept refuses. */
  l->daemon = MHD_start_daemon(
    MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, on_accept, l, on_request, l,
    MHD_OPTION_LISTEN_SOCKET, l->listen_fd,
    MHD_OPTION_CONNECTION_LIMIT, l->max_connections + 1,
    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)ceil(l->timeout),
    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_SIZE,
    MHD_OPTION_URI_LOG_CALLBACK, on_uri, l,
    MHD_OPTION_NOTIFY_CONNECTION, on_connection, l,
    MHD_OPTION_NOTIFY_COMPLETED, on_completed, l,
    MHD_OPTION_END);
  if (l->daemon == NULL) {  /* versions of MHD differ in who closes the port then */
    if (fcntl(l->listen_fd, F_GETFD) != -1) close(l->listen_fd);
    return 0;
  }
  info = MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD);
  l->epoll_fd = info->epoll_fd;
  return 1;
}

static void check_option_names (lua_State *L) {
  static const char *const names[] = {"address", "port", "max_connections", "timeout",
                                      "max_body", "large", NULL};
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    int i = 0;
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TSTRING) luaL_argerror(L, 1, "option names are strings");
    while (names[i] != NULL && strcmp(names[i], lua_tostring(L, -1)) != 0) i++;
    if (names[i] == NULL)
      luaL_argerror(L, 1, lua_pushfstring(L, "unknown option '%s'", lua_tostring(L, -1)));
  }
}

static lua_Number number_option (lua_State *L, const char *name, lua_Number preset,
                                 lua_Number min, lua_Number max, int whole) {
  lua_Number n = preset;
  lua_getfield(L, 1, name);
  if (!lua_isnil(L, -1)) {
    if (lua_type(L, -1) != LUA_TNUMBER)
      luaL_argerror(L, 1, lua_pushfstring(L, "%s: number expected, got %s", name,
                                          luaL_typename(L, -1)));
    n = lua_tonumber(L, -1);
    if (!(n >= min && n <= max) || (whole && n != floor(n)))
      luaL_argerror(L, 1, lua_pushfstring(L, "%s: out of range", name));
  }
  lua_pop(L, 1);
  return n;
}

static void read_large (lua_State *L, gr_Listener *l) {
  size_t len;
  lua_getfield(L, 1, "large");
  if (!lua_isnil(L, -1)) {
    if (lua_type(L, -1) != LUA_TSTRING)
      luaL_argerror(L, 1, lua_pushfstring(L, "large: string expected, got %s", luaL_typename(L, -1)));
    const char *prefix = lua_tolstring(L, -1, &len);
    if (!add(l, &l->large, prefix, len)) luaL_error(L, "not enough memory");
  }
  lua_pop(L, 1);
}

/* Leaves the address on the stack. */
static const char *address_option (lua_State *L) {
  lua_getfield(L, 1, "address");
  if (lua_isnil(L, -1)) { lua_pop(L, 1); lua_pushliteral(L, "127.0.0.1"); }
  if (lua_type(L, -1) != LUA_TSTRING)
    luaL_argerror(L, 1, lua_pushfstring(L, "address: string expected, got %s",
                                        luaL_typename(L, -1)));
  return lua_tostring(L, -1);
}

/* listener.new(options) -> listener | nil, code, message
** Opens a port for HTTP requests. Options, all of which may be left out:
**   address          IPv4 or IPv6 address as text; "::" and "0.0.0.0" are all of them; default
**                    "127.0.0.1"
**   port             0 to 65535; 0 (default) is any free one, see l:port()
**   max_connections  1 to 100000, default 256; the connections that are more are closed
**   timeout          seconds, 0.001 to 86400, default 10: how long a request may take to
**                    arrive, a connection may be idle, and an answer may not move on
**   max_body         bytes, 0 to 2147483647, default 1048576; a larger body is answered with 413
**   large            optional text: under paths that begin so, a body that is announced to be
**                    larger is counted and thrown away instead, see r:received(); and 'timeout'
**                    begins anew as long as a body comes in
** A request whose head passes some 60 KB, or 800 headers and query fields, is refused too, and so is
** one with several Content-Length or Transfer-Encoding headers.
** Codes: "in_use" (the port is taken), "permission" (a port below 1024), "address" (not an
** address, or not one of this machine), "system". Unknown options and wrong types raise. */
static int listener_new (lua_State *L) {
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                           .ai_socktype = SOCK_STREAM};
  struct addrinfo *ai;
  gr_Listener *l;
  const char *address;
  char service[8];
  int port, error;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  check_option_names(L);
  l = (gr_Listener *)lua_newuserdata(L, sizeof *l);
  memset(l, 0, sizeof *l);
  luaL_getmetatable(L, LISTENER);
  lua_setmetatable(L, -2);
  l->alloc = lua_getallocf(L, &l->alloc_ud);
  l->pid = getpid();
  list_init(&l->waiting);
  list_init(&l->complete);
  list_init(&l->busy);
  port = (int)number_option(L, "port", 0, 0, 65535, 1);
  l->max_connections = (unsigned)number_option(L, "max_connections", 256, 1, 100000, 1);
  l->timeout = (double)number_option(L, "timeout", 10, 1e-3, 86400, 0);
  l->max_body = (size_t)number_option(L, "max_body", 1048576, 0, 2147483647, 1);
  read_large(L, l);
  address = address_option(L);
  snprintf(service, sizeof service, "%d", port);
  if (strlen(address) != gr_rawlen(L, -1) || getaddrinfo(address, service, &hints, &ai) != 0) {
    lua_pushfstring(L, "'%s' is not an IPv4 or IPv6 address", address);
    return gr_fail(L, "address", lua_tostring(L, -1));
  }
  error = open_port(l, ai);
  freeaddrinfo(ai);
  if (error != 0) return fail_to_open(L, error, address, port);
  if (!start(l)) return gr_fail(L, "system", "libmicrohttpd could not be started");
  lua_pushvalue(L, 2);
  return 1;
}

/* l:port() -> the port, also where the kernel chose it */
static int listener_port (lua_State *L) {
  lua_pushinteger(L, check_listener(L)->port);
  return 1;
}

/* l:address() -> the address, as text */
static int listener_address (lua_State *L) {
  lua_pushstring(L, check_listener(L)->address);
  return 1;
}

/* l:fd() -> a descriptor that is readable when l:step() has something to do; for an epoll
** set or poll(), together with l:timeout(). nil once closed. */
static int listener_fd (lua_State *L) {
  gr_Listener *l = check_listener(L);
  if (!is_open(l)) lua_pushnil(L);
  else lua_pushinteger(L, l->epoll_fd);
  return 1;
}

/* l:timeout() -> seconds until l:step() must be called even if l:fd() is not readable; nil:
** no need */
static int listener_timeout (lua_State *L) {
  gr_Listener *l = check_listener(L);
  unsigned long long ms;
  double wait = HUGE_VAL;
  gr_Conn *c;
  if (!is_open(l)) return lua_pushnil(L), 1;
  if (l->resumed) wait = 0;
  else if (MHD_get_timeout(l->daemon, &ms) == MHD_YES) wait = (double)ms / 1e3;
  if ((c = first(&l->waiting)) != NULL)
    wait = fmin(wait, fmax(0, c->since + l->timeout - now()));
  if (wait < HUGE_VAL) lua_pushnumber(L, (lua_Number)wait);
  else lua_pushnil(L);
  return 1;
}

/* MHD's timeout begins anew with each byte; this one bounds the whole request. MHD sees
** the end of the stream and closes. */
static void close_late (gr_Listener *l) {
  double start = now() - l->timeout;
  gr_Conn *c;
  while ((c = first(&l->waiting)) != NULL && c->since <= start) {
    shutdown(c->fd, SHUT_RDWR);
    move(&l->busy, c);
  }
}

/* l:step(): receives and sends what can be without waiting; returns nothing. Does nothing
** once closed, or in a child process. */
static int listener_step (lua_State *L) {
  gr_Listener *l = check_listener(L);
  if (!is_open(l)) return 0;
  l->resumed = 0;
  close_late(l);
  MHD_run(l->daemon);
  return 0;
}

/* l:connections() -> how many connections are open */
static int listener_connections (lua_State *L) {
  lua_pushinteger(L, (lua_Integer)check_listener(L)->connections);
  return 1;
}

/* l:cut(bytes [, times [, after]]): resets the connections of the next 'times' (1; 0: of none)
** requests to the paths for large bodies, each once so many bytes of its body have come in;
** the first 'after' (0) of them pass. Such a request never arrives at l:next(). For tests of
** clients. */
static int listener_cut (lua_State *L) {
  gr_Listener *l = check_listener(L);
  lua_Number bytes = luaL_checknumber(L, 2), times = luaL_optnumber(L, 3, 1), after = luaL_optnumber(L, 4, 0);
  luaL_argcheck(L, bytes >= 0 && bytes <= 9007199254740992.0, 2, "bytes: out of range");
  luaL_argcheck(L, times >= 0 && times <= 1e9, 3, "times: out of range");
  luaL_argcheck(L, after >= 0 && after <= 1e9, 4, "after: out of range");
  l->cut.bytes = (uint64_t)bytes;
  l->cut.times = (unsigned)times;
  l->cut.after = (unsigned)after;
  return 0;
}

/* l:next() -> the oldest request that is complete and not yet taken, or nil */
static int listener_next (lua_State *L) {
  gr_Listener *l = check_listener(L);
  gr_Conn *c;
  while (is_open(l) && (c = first(&l->complete)) != NULL) {
    unsigned long number = c->number;
    size_t head = c->head.len, body = c->body.len;
    gr_Request *r = (gr_Request *)lua_newuserdata(L, sizeof *r + head + body);
    memset(r, 0, sizeof *r);
    luaL_getmetatable(L, REQUEST);
    lua_setmetatable(L, -2);
    /* a finalizer that ran just now may have taken it, or closed the listener */
    if (!is_open(l) || (c = first(&l->complete)) == NULL || c->number != number) continue;
    r->head_len = head;
    r->body_len = body;
    r->received = c->received;
    memcpy(r->bytes, c->head.bytes, head);
    if (body > 0) memcpy(r->bytes + head, c->body.bytes, body);
    r->conn = c;
    c->held = r;
    move(&l->busy, c);
    return 1;
  }
  lua_pushnil(L);
  return 1;
}

/*
** A request
*/

static gr_Request *check_request (lua_State *L) {
  return (gr_Request *)luaL_checkudata(L, 1, REQUEST);
}

/* Field 'n' of the head: 0 URI, 1 method, 2 peer. */
static const char *head_field (const gr_Request *r, int n, size_t *len) {
  const char *p = r->bytes, *field = next_field(&p, len);
  while (n-- > 0) field = next_field(&p, len);
  return field;
}

static const char *request_uri (const gr_Request *r, size_t *len, const char **query) {
  const char *uri = head_field(r, 0, len);
  *query = memchr(uri, '?', *len);
  return uri;
}

/* r:method() -> "GET", "POST", ...: as it was sent */
static int request_method (lua_State *L) {
  size_t len;
  const char *method = head_field(check_request(L), 1, &len);
  lua_pushlstring(L, method, len);
  return 1;
}

/* r:path() -> the URI up to '?', still percent-encoded */
static int request_path (lua_State *L) {
  size_t len;
  const char *query, *uri = request_uri(check_request(L), &len, &query);
  lua_pushlstring(L, uri, query != NULL ? (size_t)(query - uri) : len);
  return 1;
}

/* r:query() -> what follows '?', still percent-encoded; nil where there is no '?' */
static int request_query (lua_State *L) {
  size_t len;
  const char *query, *uri = request_uri(check_request(L), &len, &query);
  if (query == NULL) lua_pushnil(L);
  else lua_pushlstring(L, query + 1, len - (size_t)(query + 1 - uri));
  return 1;
}

/* r:peer() -> the client's address, as text */
static int request_peer (lua_State *L) {
  size_t len;
  const char *peer = head_field(check_request(L), 2, &len);
  lua_pushlstring(L, peer, len);
  return 1;
}

/* r:received() -> how many bytes the body had; where that passes max_body, r:body() is empty */
static int request_received (lua_State *L) {
  gr_pushcount(L, check_request(L)->received);
  return 1;
}

/* r:body() -> string; empty where there is none */
static int request_body (lua_State *L) {
  gr_Request *r = check_request(L);
  lua_pushlstring(L, r->bytes + r->head_len, r->body_len);
  return 1;
}

static const char *first_header (const gr_Request *r) {
  size_t len;
  const char *peer = head_field(r, 2, &len);
  return peer + len;
}

/* r:headers() -> table: name in lower case -> value; the values of a repeated header are
** joined with ", " */
static int request_headers (lua_State *L) {
  gr_Request *r = check_request(L);
  const char *p = first_header(r), *end = r->bytes + r->head_len;
  lua_settop(L, 1);
  lua_newtable(L);
  while (p < end) {
    size_t name_len, len;
    const char *name = next_field(&p, &name_len), *value = next_field(&p, &len);
    lua_pushlstring(L, name, name_len);
    lua_pushvalue(L, -1);
    lua_rawget(L, 2);
    if (lua_isnil(L, -1)) {
      lua_pop(L, 1);
      lua_pushlstring(L, value, len);
    }
    else {
      lua_pushliteral(L, ", ");
      lua_pushlstring(L, value, len);
      lua_concat(L, 3);
    }
    lua_rawset(L, 2);
  }
  return 1;
}

static int same_name (const char *lowered, const char *name, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (lowered[i] != lower(name[i])) return 0;
  return 1;
}

/* r:header(name) -> its value, as in r:headers(), or nil; 'name' in upper or lower case */
static int request_header (lua_State *L) {
  gr_Request *r = check_request(L);
  size_t wanted_len;
  const char *wanted = luaL_checklstring(L, 2, &wanted_len);
  const char *p = first_header(r), *end = r->bytes + r->head_len;
  luaL_Buffer b;
  int found = 0;
  luaL_buffinit(L, &b);
  while (p < end) {
    size_t name_len, len;
    const char *name = next_field(&p, &name_len), *value = next_field(&p, &len);
    if (name_len != wanted_len || !same_name(name, wanted, name_len)) continue;
    if (found++) luaL_addlstring(&b, ", ", 2);
    luaL_addlstring(&b, value, len);
  }
  luaL_pushresult(&b);
  if (!found) lua_pushnil(L);
  return 1;
}

/* Lets MHD go on with the connection of a request: to send the answer that is queued, or
** else to close. */
static void let_go (gr_Request *r) {
  gr_Conn *c = r->conn;
  part_from_request(c);
  r->answered = 1;
  c->l->resumed = 1;
  MHD_resume_connection(c->mhd);
}

static int can_answer (const gr_Request *r) {
  return r->conn != NULL && is_open(r->conn->l);
}

static int fail_to_answer (lua_State *L, const gr_Request *r) {
  if (r->answered) return gr_fail(L, "answered", "the request has been answered already");
  return gr_fail(L, "closed", "the listener is closed");
}

static void drop_response (gr_Request *r) {
  if (r->response != NULL) MHD_destroy_response(r->response);
  r->response = NULL;
}

static int is_token (const char *s, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (s[i] <= ' ' || s[i] >= 127 || strchr("()<>@,;:\\\"/[]?={}", s[i]) != NULL) return 0;
  return len > 0;
}

static int is_line (const char *s, size_t len) {
  return memchr(s, '\0', len) == NULL && memchr(s, '\r', len) == NULL
         && memchr(s, '\n', len) == NULL;
}

/* Adds the header whose name and value are on top of the stack. */
static void add_header (lua_State *L, gr_Request *r) {
  size_t name_len, len;
  const char *name, *value;
  if (lua_type(L, -2) != LUA_TSTRING) luaL_argerror(L, 3, "header names are strings");
  name = lua_tolstring(L, -2, &name_len);
  if (!is_token(name, name_len))
    luaL_argerror(L, 3, lua_pushfstring(L, "'%s' is not a header name", name));
  if (!lua_isstring(L, -1))
    luaL_argerror(L, 3, lua_pushfstring(L, "header %s: string expected, got %s", name,
                                        luaL_typename(L, -1)));
  value = lua_tolstring(L, -1, &len);
  if (!is_line(value, len))
    luaL_argerror(L, 3, lua_pushfstring(L, "header %s: CR, LF or NUL in its value", name));
  if (strcasecmp(name, "Content-Length") == 0 || strcasecmp(name, "Transfer-Encoding") == 0)
    luaL_argerror(L, 3, lua_pushfstring(L, "%s follows from the body", name));
  if (MHD_add_response_header(r->response, name, value) != MHD_YES)
    luaL_argerror(L, 3, lua_pushfstring(L, "header %s: this value cannot be sent", name));
}

static void add_headers (lua_State *L, gr_Request *r) {
  if (lua_isnoneornil(L, 3)) return;
  luaL_checktype(L, 3, LUA_TTABLE);
  lua_pushnil(L);
  while (lua_next(L, 3)) {
    add_header(L, r);
    lua_pop(L, 1);
  }
}

static unsigned check_status (lua_State *L) {
  lua_Integer status = luaL_checkinteger(L, 2);
  luaL_argcheck(L, status >= 200 && status <= 599, 2, "status: 200 to 599 expected");
  return (unsigned)status;
}

/* Queues r->response, complete now, and lets the connection go. */
static int send_response (lua_State *L, gr_Request *r, unsigned status) {
  gr_Conn *c = r->conn;
  int gone, queued;
  if (!can_answer(r)) {  /* looked at last: making the response may have run finalizers */
    drop_response(r);
    return fail_to_answer(L, r);
  }
  gone = has_gone(c->fd);
  queued = MHD_queue_response(c->mhd, status, r->response) == MHD_YES;
  drop_response(r);
  let_go(r);
  if (gone) return gr_fail(L, "closed", "the client has closed the connection");
  if (!queued) return gr_fail(L, "closed", "the answer could not be queued");
  lua_pushboolean(L, 1);
  return 1;
}

/* r:answer(status [, headers [, body]]) -> true | nil, code, message
**   status   200 to 599
**   headers  table: name -> string or number; Content-Length is added
**   body     string; not sent in answer to HEAD
** The answer goes out with the next l:step()s; the connection stays open for more requests
** unless 'headers' has Connection = "close". Codes: "answered" (a request is answered once),
** "closed": the listener is closed, or the client has closed its side (what it may still
** read is sent nonetheless). Raises for headers that cannot be sent as one line. */
static int request_answer (lua_State *L) {
  gr_Request *r = check_request(L);
  unsigned status = check_status(L);
  size_t len = 0;
  const char *body = luaL_optlstring(L, 4, "", &len);
  drop_response(r);  /* of an answer that raised */
  r->response = MHD_create_response_from_buffer(len, (void *)(uintptr_t)body,
                                                MHD_RESPMEM_MUST_COPY);
  if (r->response == NULL) return luaL_error(L, "not enough memory");
  add_headers(L, r);
  return send_response(L, r, status);
}

static gr_Part *part_new (const gr_Conn *c, const char *body, size_t limit) {
  size_t size = sizeof(gr_Part) + limit;
  gr_Part *part = c->l->alloc(c->l->alloc_ud, NULL, 0, size);
  if (part == NULL) return NULL;
  part->alloc = c->l->alloc;
  part->alloc_ud = c->l->alloc_ud;
  part->size = size;
  part->fd = c->fd;
  part->limit = limit;
  memcpy(part->bytes, body, limit);
  return part;
}

/* r:answer_part(status, headers, body, bytes) -> true | nil, code, message
** Like r:answer, but the connection is reset once the first 'bytes' bytes of the body (0 to
** #body - 1) are sent, while Content-Length announces all of it. For tests of clients. */
static int request_answer_part (lua_State *L) {
  gr_Request *r = check_request(L);
  unsigned status = check_status(L);
  size_t len;
  const char *body = luaL_checklstring(L, 4, &len);
  lua_Integer limit = luaL_checkinteger(L, 5);
  gr_Part *part;
  luaL_argcheck(L, limit >= 0 && (size_t)limit < len, 5, "bytes: less than the body expected");
  drop_response(r);
  if (!can_answer(r)) return fail_to_answer(L, r);
  part = part_new(r->conn, body, (size_t)limit);
  if (part != NULL) {
    r->response = MHD_create_response_from_callback(len, 16384, on_part, part, on_part_done);
    if (r->response == NULL) on_part_done(part);
  }
  if (r->response == NULL) return luaL_error(L, "not enough memory");
  add_headers(L, r);
  return send_response(L, r, status);
}

/* r:reset() -> true | nil, code, message
** Resets the connection (the client sees "connection reset by peer") without an answer. */
static int request_reset (lua_State *L) {
  gr_Request *r = check_request(L);
  if (!can_answer(r)) return fail_to_answer(L, r);
  reset_socket(r->conn->fd);
  let_go(r);
  lua_pushboolean(L, 1);
  return 1;
}

/* A request that nobody answered: 500 rather than a client that waits for ever. */
static int request_gc (lua_State *L) {
  gr_Request *r = check_request(L);
  drop_response(r);
  if (can_answer(r)) {
    r->response = MHD_create_response_from_buffer(sizeof DROPPED - 1, (void *)(uintptr_t)DROPPED,
                                                  MHD_RESPMEM_PERSISTENT);
    if (r->response != NULL) MHD_queue_response(r->conn->mhd, 500, r->response);
    drop_response(r);
    let_go(r);
  }
  else if (r->conn != NULL) part_from_request(r->conn);
  return 0;
}

static const luaL_Reg listener_meta[] = {
  {"__close", listener_close}, {"__gc", listener_close}, {NULL, NULL}
};
static const luaL_Reg listener_methods[] = {
  {"address", listener_address}, {"close", listener_close},
  {"connections", listener_connections}, {"cut", listener_cut}, {"fd", listener_fd}, {"next", listener_next},
  {"port", listener_port}, {"step", listener_step}, {"timeout", listener_timeout},
  {NULL, NULL}
};
static const luaL_Reg request_meta[] = {{"__gc", request_gc}, {NULL, NULL}};
static const luaL_Reg request_methods[] = {
  {"answer", request_answer}, {"answer_part", request_answer_part}, {"body", request_body},
  {"header", request_header}, {"headers", request_headers}, {"method", request_method},
  {"path", request_path}, {"peer", request_peer}, {"query", request_query},
  {"received", request_received}, {"reset", request_reset}, {NULL, NULL}
};
static const luaL_Reg functions[] = {{"new", listener_new}, {NULL, NULL}};

GR_EXPORT int luaopen_gumroad_listener (lua_State *L) {
  gr_newclass(L, LISTENER, listener_meta, listener_methods);
  gr_newclass(L, REQUEST, request_meta, request_methods);
  lua_newtable(L);
  gr_setfuncs(L, functions);
  return 1;
}
