/* The listener: MHD's callbacks and the state of its connections. */
#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "listener_limits.h"
#include "text.h"

enum {
  HEAD_SIZE = 16384, /* the most memory that a head may take from MHD's for its connection */
  FIELD_COST = 64, /* memory that each header takes besides its bytes */
  POOL_SIZE = HEAD_SIZE + 2048, /* all of that memory, so that the head of the response always has room */
  KEEP_SIZE = 8192, /* a larger buffer is not kept for the connection's next request */
  DRAIN_SIZE = 65536, /* a refused body announced to be larger costs the connection */
  BACKLOG = 65535, /* how many may wait at the port; the system has its own limit */
  IDLE_RUNS = 100 /* MHD wants another run at once for a client that it cannot serve, such as one whose
                       ** chunk does not begin; no longer after that many runs without effect */
};
#define REST 0.01 /* seconds until the next run after that */

/* MHD_VERSION is in BCD; before 0.9.71 the callbacks returned an int. */
#if MHD_VERSION >= 0x00097002
typedef enum MHD_Result gr_result;
#else
typedef int gr_result;
#endif

/* Newer versions of MHD refuse folded headers and other bodies whose end is not clear only if told to be
** strict. Older ones leave that to us. */
#if MHD_VERSION >= 0x00097701
#define MHD_STRICT MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1,
#else
#define MHD_STRICT
#endif

static const char DROPPED[] = "The request was dropped without a response.";

/* == Fields of a head == */

/* A field is its length, then its bytes. */
static int add_field (gr_conn *c, const char *bytes, size_t len) {
  const gr_memory *memory = &c->l->memory;
  return gr_buffer_append(&c->head, memory, (const char *)&len, sizeof len)
    && gr_buffer_append(&c->head, memory, bytes, len);
}

const char *gr_next_field (const char **p, size_t *len) {
  memcpy(len, *p, sizeof *len);
  const char *bytes = *p + sizeof *len;
  *p = bytes + *len;
  return bytes;
}

static int is_name (const char *name, size_t len, const char *wanted) {
  return gr_equal_nocase(name, len, wanted, strlen(wanted));
}

/* Returns the number of ways to see where the body ends that a header adds: two if a blank before the colon
** hides the name from MHD, but not from others. */
static int count_lengths (const char *name, size_t len) {
  size_t bare = len;
  while (bare > 0 && (name[bare - 1] == ' ' || name[bare - 1] == '\t')) bare--;
  if (!is_name(name, bare, "Content-Length") && !is_name(name, bare, "Transfer-Encoding")) return 0;
  return bare < len ? 2 : 1;
}

/* Returns whether a header continues on another line. MHD before 1.0 appends that line to the name, so that
** others, such as a proxy in front, see a different header. The value stays where it was. */
static int is_folded (const char *name, size_t len, const char *value) {
  return value != NULL && (uintptr_t)value <= (uintptr_t)(name + len);
}

/* == Sockets == */

static void address_text (const struct sockaddr *sa, char *text) {
  const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)sa;
  const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)sa;
  if (sa->sa_family == AF_INET) inet_ntop(AF_INET, &v4->sin_addr, text, INET6_ADDRSTRLEN);
  else if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) /* an IPv4 client of a listener on '::' */
    inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], text, INET6_ADDRSTRLEN);
  else inet_ntop(AF_INET6, &v6->sin6_addr, text, INET6_ADDRSTRLEN);
}

/* Whether the client has closed its side, or the connection is broken. */
static int has_gone (int fd) {
  struct pollfd p = {.fd = fd, .events = POLLRDHUP};
  return poll(&p, 1, 0) > 0;
}

/* == Refusals == */

static void note_refusal (gr_conn *c, const gr_refusal *refusal) {
  gr_listener *l = c->l;
  gr_refused *entries = l->refused.entries, *latest;
  if (l->refused.count == GR_REFUSALS) { /* overwrites the oldest; the next one says so */
    unsigned long missed = entries[l->refused.first].missed + 1;
    l->refused.first = (l->refused.first + 1) % GR_REFUSALS;
    l->refused.count--;
    entries[l->refused.first].missed = missed;
  }
  latest = &entries[(l->refused.first + l->refused.count++) % GR_REFUSALS];
  latest->refusal = *refusal;
  latest->missed = 0;
  memcpy(latest->peer, c->peer, sizeof c->peer);
}

int gr_listener_next_refused (gr_listener *l, gr_refused *refused) {
  if (l->refused.count == 0) return 0;
  *refused = l->refused.entries[l->refused.first];
  l->refused.first = (l->refused.first + 1) % GR_REFUSALS;
  l->refused.count--;
  return 1;
}

/* Answers at once and closes. MHD has no room for a response while a body is arriving, and closing with
** unread bytes would reset the connection before the client has read the reason. So the response goes
** directly to the socket, which has nothing else to send now. The rest of the body is thrown away until the
** client is done or its time is over. */
static gr_result refuse_now (gr_conn *c, const gr_refusal *refusal, const char *body) {
  char response[512];
  int len = snprintf(response, sizeof response,
    "HTTP/1.1 %u %s\r\nContent-Type: text/plain\r\n"
    "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
    refusal->status, MHD_get_reason_phrase_for(refusal->status), strlen(body), body);
  note_refusal(c, refusal);
  c->stage = GR_REFUSED;
  gr_buffer_release(&c->body, &c->l->memory);
  gr_limits_release(c);
  if (send(c->fd, response, (size_t)len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return MHD_NO;
  shutdown(c->fd, SHUT_WR);
  return MHD_YES;
}

static gr_result refuse_unclear (gr_conn *c) {
  gr_refusal refusal = {400, "it is not clear where the body ends"};
  return refuse_now(c, &refusal, "It is not clear where the request body ends.");
}

static gr_result refuse_folded (gr_conn *c) {
  gr_refusal refusal = {400, "a folded header"};
  return refuse_now(c, &refusal, "A header is folded.");
}

static void refuse_nul (gr_conn *c) {
  gr_refusal refusal = {400, "a NUL in the target"};
  refuse_now(c, &refusal, "The request target has a NUL.");
  gr_conn_send_away(c);
}

static gr_result refuse_head (gr_conn *c) {
  gr_refusal refusal = {431, "a head that is too large"};
  return refuse_now(c, &refusal, "The request head is too large.");
}

static gr_result refuse_coding (gr_conn *c) {
  gr_refusal refusal = {501, "a transfer coding other than chunked"};
  return refuse_now(c, &refusal, "No transfer coding but chunked is known.");
}

static gr_result refuse_large (gr_conn *c) {
  gr_refusal refusal = {.status = 413};
  snprintf(refusal.reason, sizeof refusal.reason, "a body of more than %zu bytes", c->l->max_body);
  return refuse_now(c, &refusal, "The request body is too large.");
}

/* Reads a small body to its end and throws it away, so that the connection and any pipelined requests live
** on. MHD would close the connection if a response were queued in its first call. */
static gr_result refuse (gr_conn *c, const gr_refusal *refusal, uint64_t length) {
  if (length > DRAIN_SIZE) return refuse_now(c, refusal, "");
  note_refusal(c, refusal);
  c->status = refusal->status;
  c->stage = GR_DRAINING;
  return MHD_YES;
}

/* Answers a refused request whose body has ended. */
static gr_result answer_refused (gr_conn *c) {
  struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
  if (response == NULL) return MHD_NO;
  gr_result queued = MHD_queue_response(c->mhd, c->status, response);
  MHD_destroy_response(response);
  c->stage = GR_COMPLETE;
  gr_conn_send(c);
  return queued;
}

/* == MHD's callbacks == */

static void conn_free (gr_conn *c) {
  gr_listener *l = c->l;
  gr_list_unlink(&c->link);
  gr_limits_release(c);
  gr_buffer_release(&c->head, &l->memory);
  gr_buffer_release(&c->body, &l->memory);
  l->memory.alloc(l->memory.ud, c, sizeof *c, 0);
}

static void conn_new (gr_listener *l, struct MHD_Connection *mhd, void **ctx) {
  int fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
  gr_conn *c = (gr_conn *)l->memory.alloc(l->memory.ud, NULL, 0, sizeof *c);
  *ctx = c;
  if (c == NULL) {
    shutdown(fd, SHUT_RDWR);
    return;
  } /* nobody would watch over it */
  memset(c, 0, sizeof *c);
  c->l = l;
  c->mhd = mhd;
  c->fd = fd;
  address_text(MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr, c->peer);
  c->seen_read = UINT64_MAX;
  gr_list_init(&c->link);
  gr_conn_wait(c);
}

static void on_connection (
  void *ud, struct MHD_Connection *mhd, void **ctx, enum MHD_ConnectionNotificationCode code) {
  gr_listener *l = (gr_listener *)ud;
  l->idle_runs = 0;
  if (code == MHD_CONNECTION_NOTIFY_STARTED) {
    l->connections++;
    l->accepted++;
    conn_new(l, mhd, ctx);
    return;
  }
  if (*ctx != NULL) conn_free((gr_conn *)*ctx);
  l->connections--;
  l->pending = 1; /* if MHD was full, it accepts again from its next run on */
}

/* MHD would split the query and keep each field in the connection's memory. There is no room for many
** fields, and nobody asks for them. Ending the text after the question mark leaves MHD nothing to split. */
static void hide_query (const char *uri) {
  char *query = strchr((char *)(uintptr_t)uri, '?');
  if (query != NULL && query[1] != '\0') query[1] = '\0';
}

/* MHD takes a NUL for the end of a target, and loses its way if a query follows. It has put an end after
** the target, and the version comes next. */
static int has_nul (const char *uri) {
  return strncmp(uri + strlen(uri) + 1, "HTTP/", 5) != 0;
}

/* Called when the request line has arrived. Only here does MHD show the URI as it was sent (as a C string,
** without a length). */
static void *on_uri (void *ud, const char *uri, struct MHD_Connection *mhd) {
  gr_conn *c = (gr_conn *)MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
  gr_listener *l = (gr_listener *)ud;
  l->idle_runs = 0;
  if (c == NULL || !add_field(c, uri, strlen(uri))) return NULL;
  if (has_nul(uri)) {
    refuse_nul(c);
    return NULL;
  }
  hide_query(uri);
  c->stage = GR_HEAD;
  gr_conn_wait(c);
  return c;
}

static gr_result on_header (
  void *ud, enum MHD_ValueKind kind, const char *name, size_t name_len, const char *value, size_t value_len) {
  gr_conn *c = (gr_conn *)ud;
  size_t at = c->head.len;
  (void)kind;
  if (!add_field(c, name, name_len) || !add_field(c, value != NULL ? value : "", value_len)) {
    c->stage = GR_FAILED; /* MHD's count would not show it */
    return MHD_NO;
  }
  char *copy = c->head.data + at + sizeof name_len;
  for (size_t i = 0; i < name_len; i++) copy[i] = gr_lower(copy[i]);
  c->lengths += count_lengths(name, name_len);
  c->is_folded |= is_folded(name, name_len, value);
  c->cost += FIELD_COST;
  if (is_name(name, name_len, MHD_HTTP_HEADER_COOKIE)) c->cost += value_len; /* MHD makes a copy */
  return MHD_YES;
}

/* Counts the memory that a head takes from MHD's. If the head of the response might have no room left, MHD
** would close the connection without a word, and a request that was handled would be sent again. */
static void count_cost (gr_conn *c) {
  const union MHD_ConnectionInfo *info =
    MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  int cookies = MHD_get_connection_values_n(c->mhd, MHD_COOKIE_KIND, NULL, NULL);
  c->cost += (info != NULL ? info->header_size : 0) + (size_t)cookies * FIELD_COST;
}

static gr_result on_trailer (
  void *ud, enum MHD_ValueKind kind, const char *name, size_t name_len, const char *value, size_t value_len) {
  (void)kind;
  (void)name;
  (void)value;
  ((gr_conn *)ud)->cost += FIELD_COST + name_len + value_len;
  return MHD_YES;
}

/* Returns the length of the body. MHD refuses a Content-Length that is not a number, but treats the largest
** one as absent. */
static uint64_t body_length (gr_conn *c) {
  const char *text = MHD_lookup_connection_value(c->mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
  if (text == NULL) return c->lengths > 0 ? GR_LENGTH_UNKNOWN : 0;
  uint64_t length = strtoull(text, NULL, 10);
  return length == GR_LENGTH_UNKNOWN ? length - 1 : length;
}

/* Returns whether the gate refuses the request whose head has arrived. */
static int is_refused (gr_conn *c, const char *method, uint64_t length, gr_refusal *refusal) {
  gr_head head = {.method = method, .method_len = strlen(method), .length = length};
  const char *p = c->head.data;
  if (!c->l->has_gate) return 0;
  head.target = gr_next_field(&p, &head.target_len);
  MHD_lookup_connection_value_n(c->mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE,
    strlen(MHD_HTTP_HEADER_CONTENT_TYPE), &head.content_type, &head.content_type_len);
  return gr_gate_head(&c->l->expected, &head, refusal);
}

/* Returns whether MHD would read on to the end of the connection, and never send a response. */
static int has_unknown_coding (gr_conn *c) {
  const char *coding =
    MHD_lookup_connection_value(c->mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_TRANSFER_ENCODING);
  return coding != NULL && !is_name(coding, strlen(coding), "chunked");
}

/* Takes a head that has arrived and is let in. Its body is let in too, if there is memory for it. */
static gr_result take_head (gr_conn *c) {
  gr_listener *l = c->l;
  c->received = 0;
  c->is_counted = l->filter != NULL && l->filter->begin(l->filter, c, c->length);
  if (c->is_counted) {
    c->stage = GR_BODY;
    return MHD_YES;
  }
  if (c->length != GR_LENGTH_UNKNOWN && c->length > l->max_body) return refuse_large(c);
  if (gr_limits_admit(c)) c->stage = GR_BODY;
  return MHD_YES;
}

static gr_result read_head (gr_conn *c, const char *method) {
  gr_refusal refusal;
  if (!add_field(c, method, strlen(method)) || !add_field(c, c->peer, strlen(c->peer))) return MHD_NO;
  c->lengths = c->is_folded = 0;
  c->cost = 0;
  MHD_get_connection_values_n(c->mhd, MHD_HEADER_KIND, on_header, c);
  if (c->stage == GR_FAILED) return MHD_NO;
  if (c->is_folded) return refuse_folded(c);
  if (c->lengths > 1) return refuse_unclear(c);
  if (has_unknown_coding(c)) return refuse_coding(c);
  count_cost(c);
  if (c->cost > HEAD_SIZE) return refuse_head(c);
  c->length = body_length(c);
  if (is_refused(c, method, c->length, &refusal)) return refuse(c, &refusal, c->length);
  return take_head(c);
}

static gr_result take_body (gr_conn *c, const char *data, size_t len) {
  gr_listener *l = c->l;
  c->received += len;
  if (l->filter != NULL && !l->filter->part(l->filter, c)) return MHD_NO;
  if (c->is_counted) return MHD_YES;
  if (len > l->max_body - c->body.len) return refuse_large(c);
  if (c->body.len == 0 && c->length != GR_LENGTH_UNKNOWN /* no more than it needs */
    && !gr_buffer_reserve(&c->body, &l->memory, (size_t)c->length))
    return MHD_NO;
  return gr_buffer_append(&c->body, &l->memory, data, len) ? MHD_YES : MHD_NO;
}

static gr_result complete (gr_conn *c) {
  MHD_get_connection_values_n(c->mhd, MHD_FOOTER_KIND, on_trailer, c);
  if (c->cost > HEAD_SIZE) return refuse_head(c);
  c->stage = GR_COMPLETE;
  c->number = ++c->l->completed;
  MHD_suspend_connection(c->mhd);
  gr_list_move(&c->l->complete, &c->link);
  return MHD_YES;
}

/* Called when the head has arrived (and once more if it waited for memory), with each part of the body, and
** at the end (without data). */
static gr_result on_request (void *ud, struct MHD_Connection *mhd, const char *url, const char *method,
  const char *version, const char *data, size_t *len, void **ctx) {
  gr_listener *l = (gr_listener *)ud;
  gr_conn *c = (gr_conn *)*ctx;
  size_t n = *len;
  (void)mhd;
  (void)url;
  (void)version;
  l->idle_runs = 0;
  if (c == NULL || l->closing) return MHD_NO;
  *len = 0;
  switch (c->stage) {
    case GR_HEAD: return read_head(c, method);
    case GR_ADMITTED: c->stage = GR_BODY; return MHD_YES;
    case GR_BODY: return n > 0 ? take_body(c, data, n) : complete(c);
    case GR_DRAINING: return n > 0 ? MHD_YES : answer_refused(c);
    case GR_REFUSED: return n > 0 ? MHD_YES : MHD_NO;
    default: return MHD_NO; /* resumed without a response, so close it */
  }
}

static void drop_if_large (gr_conn *c, gr_buffer *buffer) {
  buffer->len = 0;
  if (buffer->cap > KEEP_SIZE) gr_buffer_release(buffer, &c->l->memory);
}

/* The request has ended, one way or another. The connection may go on with the next. */
static void on_completed (
  void *ud, struct MHD_Connection *mhd, void **ctx, enum MHD_RequestTerminationCode code) {
  gr_conn *c = (gr_conn *)*ctx;
  (void)ud;
  (void)mhd;
  (void)code;
  if (c == NULL) return;
  c->stage = GR_IDLE;
  drop_if_large(c, &c->head);
  drop_if_large(c, &c->body);
  gr_limits_release(c);
  gr_conn_wait(c);
  *ctx = NULL;
}

/* == Opening and closing == */

void gr_listener_init (gr_listener *l, gr_memory memory) {
  memset(l, 0, sizeof *l);
  l->memory = memory;
  l->pid = getpid();
  l->port_fd = -1;
  l->room_at = HUGE_VAL;
  gr_list_init(&l->waiting);
  gr_list_init(&l->starved);
  gr_list_init(&l->complete);
  gr_list_init(&l->busy);
  gr_list_init(&l->sending);
  gr_list_init(&l->leaving);
}

int gr_listener_is_open (const gr_listener *l) {
  return l->daemon != NULL && l->pid == getpid();
}

static int port_of (const struct sockaddr_storage *address) {
  const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;
  const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;
  return ntohs(address->ss_family == AF_INET ? v4->sin_port : v6->sin6_port);
}

/* Fills 'listen_fd', 'address' and 'port'; returns 0, or an errno. */
static int open_port (gr_listener *l, const struct addrinfo *ai) {
  const int on = 1, off = 0;
  struct sockaddr_storage bound;
  socklen_t len = sizeof bound;
  l->listen_fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (l->listen_fd < 0) return errno;
  setsockopt(l->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (ai->ai_family == AF_INET6) /* '::' takes IPv4 too, whatever the system's default */
    setsockopt(l->listen_fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind(l->listen_fd, ai->ai_addr, ai->ai_addrlen) != 0 || listen(l->listen_fd, BACKLOG) != 0
    || getsockname(l->listen_fd, (struct sockaddr *)&bound, &len) != 0) {
    int error = errno;
    close(l->listen_fd);
    return error;
  }
  address_text((struct sockaddr *)&bound, l->address);
  l->port = port_of(&bound);
  return 0;
}

/* Starts MHD on the open port, which belongs to MHD from then on. */
static int start (gr_listener *l) {
  /* MHD's own timeout would close connections whose bytes it has not read yet. At its limit of connections
  ** MHD stops accepting. */
  l->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, l,
    MHD_STRICT MHD_OPTION_LISTEN_SOCKET, l->listen_fd, MHD_OPTION_CONNECTION_LIMIT, l->max_connections,
    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_SIZE, MHD_OPTION_URI_LOG_CALLBACK, on_uri, l,
    MHD_OPTION_NOTIFY_CONNECTION, on_connection, l, MHD_OPTION_NOTIFY_COMPLETED, on_completed, l,
    MHD_OPTION_END);
  if (l->daemon == NULL) { /* versions of MHD differ in who closes the port now */
    if (fcntl(l->listen_fd, F_GETFD) != -1) close(l->listen_fd);
    return -1;
  }
  l->epoll_fd = MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
  int error = gr_limits_watch_port(l);
  if (error != 0) gr_listener_close(l);
  return error;
}

int gr_listener_open (gr_listener *l, const struct addrinfo *ai) {
  gr_limits_cap_connections(l);
  int error = open_port(l, ai);
  return error != 0 ? error : start(l);
}

/* Separates a connection from the request that its owner holds. */
static void part_from_request (gr_conn *c) {
  if (c->held == NULL) return;
  c->held->conn = NULL;
  c->held = NULL;
}

/* Resumes all connections in a list of suspended ones. */
static void resume_all (gr_link *list) {
  gr_link *link;
  for (link = list->next; link != list; link = link->next) {
    part_from_request(gr_conn_of(link));
    MHD_resume_connection(gr_conn_of(link)->mhd);
  }
}

/* Ends the daemon. MHD must not be stopped while connections are suspended, and it needs a run to see that
** they are resumed. The same run sends the responses given before. */
static void stop (gr_listener *l) {
  l->closing = 1;
  resume_all(&l->starved);
  resume_all(&l->complete);
  resume_all(&l->busy);
  MHD_run(l->daemon);
  MHD_stop_daemon(l->daemon);
}

static void abandon_list (gr_link *list) {
  while (!gr_list_is_empty(list)) {
    gr_conn *c = gr_conn_of(list->next);
    part_from_request(c);
    close(c->fd);
    conn_free(c);
  }
}

/* After a fork the epoll set and the connections belong to the parent, and stopping the daemon here would
** take them away from it. So this only closes descriptors. The daemon's memory must be left alone. */
static void abandon (gr_listener *l) {
  l->closing = 1;
  abandon_list(&l->waiting);
  abandon_list(&l->starved);
  abandon_list(&l->complete);
  abandon_list(&l->busy);
  abandon_list(&l->sending);
  abandon_list(&l->leaving);
  l->connections = 0;
  close(l->listen_fd);
  close(l->epoll_fd);
}

void gr_listener_close (gr_listener *l) {
  if (l->daemon != NULL) {
    if (l->pid == getpid()) stop(l);
    else abandon(l);
    if (l->port_fd >= 0) close(l->port_fd);
    l->daemon = NULL;
  }
  gr_listener_expect(l, NULL);
  if (l->filter != NULL) l->filter->release(l->filter, &l->memory);
  l->filter = NULL;
}

int gr_listener_expect (gr_listener *l, const gr_expected *expected) {
  gr_buffer target = {0};
  if (expected != NULL && expected->target != NULL
    && !(gr_buffer_append(&target, &l->memory, expected->target, expected->target_len)
      && gr_buffer_append(&target, &l->memory, "", 1))) /* an empty target counts, too */
    return 0;
  gr_buffer_release(&l->target, &l->memory);
  l->target = target;
  l->has_gate = expected != NULL;
  if (expected == NULL) return 1;
  l->expected = *expected;
  l->expected.target = target.data;
  if (l->expected.max_body == 0) l->expected.max_body = l->max_body;
  return 1;
}

/* == Running == */

double gr_listener_timeout (gr_listener *l) {
  unsigned long long ms;
  gr_limits_start_clock(l);
  if (l->pending) return 0;
  double wait = MHD_get_timeout(l->daemon, &ms) == MHD_YES ? (double)ms / 1e3 : HUGE_VAL;
  if (wait == 0 && l->idle_runs > IDLE_RUNS) wait = REST;
  return fmin(wait, gr_limits_wait(l));
}

void gr_listener_step (gr_listener *l) {
  l->pending = 0;
  l->idle_runs++;
  gr_limits_start_clock(l);
  MHD_run(l->daemon); /* reads what has arrived before anyone counts as late */
  gr_limits_enforce(l);
}

gr_conn *gr_listener_complete (gr_listener *l) {
  gr_limits_start_clock(l);
  return gr_list_is_empty(&l->complete) ? NULL : gr_conn_of(l->complete.next);
}

/* == A request that is held == */

void gr_request_take (gr_request *r, gr_conn *c) {
  r->head_len = c->head.len;
  r->body_len = c->body.len;
  r->received = c->received;
  memcpy(r->bytes, c->head.data, r->head_len);
  if (r->body_len > 0) memcpy(r->bytes + r->head_len, c->body.data, r->body_len);
  drop_if_large(c, &c->body);
  r->conn = c;
  c->held = r;
  gr_list_move(&c->l->busy, &c->link);
  gr_limits_stop_clock(c->l);
}

int gr_request_can_answer (const gr_request *r) {
  return r->conn != NULL && gr_listener_is_open(r->conn->l);
}

void gr_request_drop_response (gr_request *r) {
  if (r->response != NULL) MHD_destroy_response(r->response);
  r->response = NULL;
}

void gr_request_let_go (gr_request *r) {
  gr_conn *c = r->conn;
  part_from_request(c);
  r->answered = 1;
  c->l->pending = 1;
  gr_limits_release(c);
  gr_conn_send(c);
  MHD_resume_connection(c->mhd);
}

enum gr_sent gr_request_send (gr_request *r, unsigned status) {
  int gone = has_gone(r->conn->fd);
  int queued = MHD_queue_response(r->conn->mhd, status, r->response) == MHD_YES;
  gr_request_drop_response(r);
  gr_request_let_go(r);
  if (gone) return GR_CLIENT_GONE;
  return queued ? GR_SENT : GR_NOT_QUEUED;
}

void gr_request_abandon (gr_request *r) {
  gr_request_drop_response(r);
  if (gr_request_can_answer(r)) {
    r->response =
      MHD_create_response_from_buffer(sizeof DROPPED - 1, (void *)(uintptr_t)DROPPED, MHD_RESPMEM_PERSISTENT);
    if (r->response != NULL) MHD_queue_response(r->conn->mhd, 500, r->response);
    gr_request_drop_response(r);
    gr_request_let_go(r);
  }
  else if (r->conn != NULL) part_from_request(r->conn);
}
