/* libcurl's callbacks only copy bytes into the transfer and take notes. No Lua runs in them; response_lua.c
** reports later. */
#include "engine.h"

#include "clock.h"
#include "request.h"
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <dlfcn.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  FIRST_BODY = 32 * 1024, /* enough for a page of the API without growing */
  MAX_SPARE = 256 * 1024 /* largest buffer kept for the next body */
};

/* == Callbacks of libcurl == */

/* Reuses the memory of a body that was taken, or allocates enough for a page. */
static int begin_body (gr_transfer *t) {
  t->body = t->engine->spare;
  memset(&t->engine->spare, 0, sizeof t->engine->spare);
  return t->body.cap > 0 || gr_buffer_reserve(&t->body, &t->memory, FIRST_BODY);
}

static size_t on_body (char *data, size_t size, size_t nmemb, void *ud) {
  gr_transfer *t = (gr_transfer *)ud;
  size_t n = size * nmemb;
  if (t->body.cap == 0 && !begin_body(t)) t->failure = "memory";
  else if (n > t->max_body - t->body.len) t->failure = "too_large";
  else if (!gr_buffer_append(&t->body, &t->memory, data, n)) t->failure = "memory";
  return t->failure ? 0 : n;
}

static size_t on_header (char *data, size_t size, size_t nmemb, void *ud) {
  gr_transfer *t = (gr_transfer *)ud;
  size_t n = size * nmemb;
  const char *failure = gr_response_head_add(&t->head, &t->memory, data, n);
  if (failure != NULL) t->failure = failure;
  return t->failure ? 0 : n;
}

static size_t on_read (char *out, size_t size, size_t nmemb, void *ud) {
  gr_transfer *t = (gr_transfer *)ud;
  ssize_t n = gr_file_read(&t->file, out, size * nmemb);
  if (n >= 0) return (size_t)n;
  t->failure = "file";
  return CURL_READFUNC_ABORT;
}

/* libcurl calls this when it has to send a body again on another connection. */
static int on_seek (void *ud, curl_off_t at, int origin) {
  gr_transfer *t = (gr_transfer *)ud;
  return origin == SEEK_SET && gr_file_seek(&t->file, (off_t)at) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

static int find_watched (const gr_engine *e, int fd) {
  for (int i = 0; i < e->watched_count; i++)
    if (e->watched[i].fd == fd) return i;
  return -1;
}

static void forget_watched (gr_engine *e, int at) {
  e->watched[at] = e->watched[--e->watched_count];
}

static int on_socket (CURL *easy, curl_socket_t fd, int what, void *ud, void *socket_ud) {
  gr_engine *e = (gr_engine *)ud;
  int events = what == CURL_POLL_IN ? GR_READ
    : what == CURL_POLL_OUT         ? GR_WRITE
    : what == CURL_POLL_INOUT       ? GR_READ | GR_WRITE
                                    : 0;
  int stale = find_watched(e, (int)fd);
  (void)easy;
  (void)socket_ud;
  if (stale >= 0) forget_watched(e, stale); /* it was closed, and libcurl now uses its number */
  /* libcurl must not hear of a failure: up to 7.88 at least, it then uses memory that it has freed */
  if (gr_poller_watch(&e->poller, (int)fd, events) != 0) e->unwatched = 1;
  return 0;
}

/* These two do what libcurl does by itself, and count. */
static curl_socket_t on_open (void *ud, curlsocktype purpose, struct curl_sockaddr *address) {
  gr_engine *e = (gr_engine *)ud;
  int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  (void)purpose;
  if (fd >= 0) e->open_count++;
  return fd;
}

static int on_close (void *ud, curl_socket_t fd) {
  gr_engine *e = (gr_engine *)ud;
  e->open_count--;
  return close((int)fd);
}

static int on_timer (CURLM *multi, long ms, void *ud) {
  gr_engine *e = (gr_engine *)ud;
  (void)multi;
  e->timer_ms = ms;
  e->timer_changed = 1;
  return 0;
}

static void arm_timer (gr_engine *e) {
  if (!e->timer_changed || e->running_count == 0) return; /* idle connections wait for the next call */
  e->timer_changed = 0;
  gr_poller_timer(&e->poller, e->timer_ms);
}

/* == Opening, fork, closing == */

void gr_engine_init (gr_engine *e) {
  memset(e, 0, sizeof *e);
  e->poller.fd = e->poller.timer_fd = -1;
}

/* Returns whether handles of this libcurl can be used again. From 7.83.0 to 8.0.1 a handle keeps a pointer
** to the last header of the previous response, which is freed. A response that begins with a folded line
** makes libcurl follow the pointer (curl's pull request 11103). */
static int forgets_headers (unsigned version) {
  return version < 0x075300 || version >= 0x080100;
}

static int is_descriptor_left (void) {
  int fd = open("/", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno != EMFILE && errno != ENFILE;
  close(fd);
  return 1;
}

/* Closes unused connections beyond GR_IDLE_CONNECTIONS, but not while other transfers may want them at
** once. */
static void limit_connections (gr_engine *e) {
  int most = e->running_count > GR_IDLE_CONNECTIONS ? e->running_count : GR_IDLE_CONNECTIONS;
  curl_multi_setopt(e->multi, CURLMOPT_MAXCONNECTS, (long)most);
}

static CURLM *open_multi (gr_engine *e) {
  CURLM *multi = curl_multi_init();
  if (multi == NULL) return NULL;
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, e);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, e);
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  e->timer_ms = -1;
  return multi;
}

/* libcurl closes at most one connection for each transfer that ends. If many end together, it has kept
** theirs by the time it learns that few are wanted, and only a new handle closes those. */
static void drop_connections (gr_engine *e) {
  if (e->running_count > 0 || e->open_count <= 2 * GR_IDLE_CONNECTIONS) return;
  CURLM *fresh = open_multi(e);
  if (fresh == NULL) return;
  curl_multi_cleanup(e->multi);
  e->multi = fresh;
  limit_connections(e);
}

static const char *open_engine (gr_engine *e) {
  int failed = gr_poller_open(&e->poller);
  if (failed) return failed == ENOMEM ? gr_no_memory : gr_no_descriptor;
  e->multi = open_multi(e);
  if (e->multi == NULL) {
    gr_poller_close(&e->poller);
    return is_descriptor_left() ? gr_no_memory : gr_no_descriptor;
  }
  /* A library must not take SIGALRM. A libcurl that resolves names without threads takes it unless told not
  ** to. Other libcurls are not told, because they would no longer hold off SIGPIPE. */
  const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
  e->no_signal = (curl->features & CURL_VERSION_ASYNCHDNS) == 0;
  e->max_idle = forgets_headers(curl->version_num) ? GR_MAX_IDLE : 0;
  e->pid = getpid();
  limit_connections(e);
  return NULL;
}

static void link_transfer (gr_transfer *t, gr_engine *e) {
  t->engine = e;
  t->next = e->transfers;
  if (t->next) t->next->prev = t;
  e->transfers = t;
}

static void unlink_transfer (gr_transfer *t) {
  if (t->engine == NULL) return;
  if (t->prev) t->prev->next = t->next;
  else t->engine->transfers = t->next;
  if (t->next) t->next->prev = t->prev;
  t->prev = t->next = NULL;
  t->engine = NULL;
}

/* libcurl leaves OpenSSL's errors in a queue of the thread. Other users of the same OpenSSL find them
** there: nginx logs each as an alert. */
static void forget_tls_errors (void) {
  void (*clear)(void);
  void *symbol = dlsym(RTLD_DEFAULT, "ERR_clear_error");
  if (symbol == NULL) return;
  memcpy(&clear, &symbol, sizeof clear);
  clear();
}

/* Removes a running transfer from libcurl. */
static void stop (gr_transfer *t) {
  gr_engine *e = t->engine;
  curl_multi_remove_handle(e->multi, t->easy);
  t->running = 0;
  e->running_count--;
  limit_connections(e);
}

/* Records what libcurl knows about a transfer that ends here. */
static void take_notes (gr_transfer *t) {
  double pretransfer = 0;
  long request_bytes = 0;
  curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &t->status);
  curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME, &t->seconds);
  curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME, &pretransfer);
  curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
  curl_easy_getinfo(t->easy, CURLINFO_SIZE_UPLOAD_T, &t->uploaded);
  t->sent = pretransfer > 0 || request_bytes > 0;
}

static void fail_transfer (gr_transfer *t, const char *code, const char *message) {
  take_notes(t);
  t->finished = 1;
  t->failure = code;
  snprintf(t->error, sizeof t->error, "%s", message);
}

/* Ends a transfer from outside. The transfer keeps its easy handle. */
static void cancel (gr_transfer *t, const char *code, const char *message) {
  stop(t);
  forget_tls_errors();
  fail_transfer(t, code, message);
}

/* A child must not close its parent's connections: a TLS goodbye on a shared socket would end the parent's
** transfer. So libcurl's handles are left behind. */
static void abandon (gr_engine *e) {
  for (gr_transfer *t = e->transfers; t != NULL; t = t->next) {
    if (!t->running) continue;
    t->running = 0;
    fail_transfer(t, "cancelled", "the process was forked while the request was under way");
    t->easy = NULL;
    t->headers = t->auth = NULL;
    gr_file_close(&t->file);
  }
  gr_poller_abandon(&e->poller);
  e->multi = NULL;
  e->idle_count = e->watched_count = e->running_count = e->open_count = 0;
}

void gr_engine_notice_fork (gr_engine *e) {
  if (e->multi != NULL && e->pid != getpid()) abandon(e);
}

const char *gr_engine_ensure_open (gr_engine *e) {
  if (e->closed) return gr_closing; /* a finalizer wants to send */
  return e->multi != NULL ? NULL : open_engine(e);
}

/* == A transfer == */

/* Only this copy of the token can be wiped: libcurl and the TLS library free their own copies of what they
** send without wiping them. */
static void release_headers (gr_transfer *t) {
  if (t->auth != NULL) gr_wipe(t->auth->data, strlen(t->auth->data));
  curl_slist_free_all(t->headers);
  t->headers = t->auth = NULL;
}

static void release_easy (gr_transfer *t, gr_engine *e) {
  if (t->easy == NULL) return;
  if (e != NULL && !e->closed && e->idle_count < e->max_idle) {
    curl_easy_reset(t->easy); /* forgets the request, keeps its memory */
    e->idle[e->idle_count++] = t->easy;
  }
  else curl_easy_cleanup(t->easy);
  t->easy = NULL;
}

void gr_transfer_release (gr_transfer *t, gr_engine *e) {
  release_easy(t, e);
  release_headers(t);
  gr_file_close(&t->file);
}

int gr_transfer_prepare (gr_transfer *t, gr_engine *e) {
  link_transfer(t, e);
  t->easy = e->idle_count > 0 ? e->idle[--e->idle_count] : curl_easy_init();
  if (t->easy == NULL) return 0;
  curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, (long)e->no_signal);
  curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
  curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error);
  curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
  curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETDATA, e);
  curl_easy_setopt(t->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
  curl_easy_setopt(t->easy, CURLOPT_CLOSESOCKETDATA, e);
  curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
  curl_easy_setopt(
    t->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L); /* a proxy's response is not the response */
  curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(t->easy, CURLOPT_BUFFERSIZE, 32768L); /* a page of sales in one read */
  curl_easy_setopt(t->easy, CURLOPT_PATH_AS_IS, 1L);
#if CURL_AT_LEAST_VERSION(7, 87, 0)
  /* if a transfer ends during the lookup of its host's name, it does not wait for the lookup thread, which
  ** nobody can stop */
  curl_easy_setopt(t->easy, CURLOPT_QUICK_EXIT, 1L);
#endif
  return curl_easy_setopt(t->easy, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK;
}

/* libcurl repeats a request if its kept connection dies before the response, or if its HTTP/2 stream is
** refused, which a server may do after it has carried the request out. */
void gr_transfer_send_once (gr_transfer *t) {
  curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
}

void gr_transfer_send_file (gr_transfer *t) {
  curl_easy_setopt(t->easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(t->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)t->file.length);
  curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_SEEKFUNCTION, on_seek);
  curl_easy_setopt(t->easy, CURLOPT_SEEKDATA, t);
}

void gr_transfer_notice_fork (gr_transfer *t) {
  if (t->running) gr_engine_notice_fork(t->engine);
}

static void drop (gr_transfer *t, const char *message) {
  if (t->running) cancel(t, "cancelled", message);
  gr_transfer_release(t, t->engine);
  gr_response_head_release(&t->head, &t->memory);
  gr_buffer_release(&t->body, &t->memory);
  t->taken = 1;
  unlink_transfer(t);
}

void gr_transfer_close (gr_transfer *t) {
  gr_transfer_notice_fork(t);
  gr_engine *e = t->running ? t->engine : NULL;
  drop(t, "the request was cancelled");
  if (e != NULL) arm_timer(e); /* another transfer may have waited for its connection */
}

void gr_engine_close (gr_engine *e, const gr_memory *memory) {
  e->closed = 1;
  gr_engine_notice_fork(e);
  while (e->transfers != NULL) drop(e->transfers, gr_closing);
  gr_buffer_release(&e->spare, memory);
  while (e->idle_count > 0) curl_easy_cleanup(e->idle[--e->idle_count]);
  if (e->multi == NULL) return;
  curl_multi_cleanup(e->multi);
  gr_poller_close(&e->poller);
  e->multi = NULL;
}

void gr_transfer_forget_response (gr_transfer *t, gr_engine *e) {
  t->taken = 1;
  if (!e->closed && e->spare.data == NULL && t->body.cap <= MAX_SPARE) {
    e->spare = t->body;
    e->spare.len = 0;
    memset(&t->body, 0, sizeof t->body);
  }
  gr_response_head_release(&t->head, &t->memory);
  gr_buffer_release(&t->body, &t->memory);
  unlink_transfer(t);
}

/* == Running == */

static int may_want_descriptor (CURLcode code) {
  return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST
    || code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_SSL_CACERT_BADFILE;
}

/* libcurl takes a head that was cut off by the end of the connection for a whole one, and may read a status
** of any length. */
static CURLcode check_head (gr_transfer *t) {
  const char *wrong = NULL;
  if (t->failure != NULL) return CURLE_OK;
  if (!gr_response_head_is_whole(&t->head)) wrong = "the connection ended within the headers of the response";
  else if (t->status < 100 || t->status > 999) wrong = "the response has no status of three digits";
  if (wrong == NULL) return CURLE_OK;
  snprintf(t->error, sizeof t->error, "%s", wrong);
  return CURLE_RECV_ERROR;
}

/* Releases a partial response that failed: it is of no use, and the collector does not know how large it
** is. */
static void release_failed (gr_transfer *t) {
  if (t->failure == NULL && t->code == CURLE_OK) return;
  gr_response_head_release(&t->head, &t->memory);
  gr_buffer_release(&t->body, &t->memory);
}

static void finish (gr_engine *e, gr_transfer *t, CURLcode code) {
  take_notes(t);
  t->finished = 1;
  if (t->failure == NULL && may_want_descriptor(code) && !is_descriptor_left())
    fail_transfer(t, "network", gr_no_descriptor);
  else t->code = code == CURLE_OK ? check_head(t) : code;
  release_failed(t);
  stop(t);
  if (code != CURLE_OK) forget_tls_errors();
  gr_transfer_release(t, e);
  e->finished++;
}

static void collect_finished (gr_engine *e) {
  int left;
  CURLMsg *m;
  while ((m = curl_multi_info_read(e->multi, &left)) != NULL) {
    gr_transfer *t = NULL;
    if (m->msg != CURLMSG_DONE) continue;
    CURLcode code = m->data.result; /* 'm' does not outlive the handle's removal */
    curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
    finish(e, t, code);
  }
}

/* Ends a running transfer that libcurl would let run. */
static void end (gr_engine *e, gr_transfer *t, const char *code, const char *message) {
  cancel(t, code, message);
  release_failed(t);
  gr_transfer_release(t, e);
  e->finished++;
}

/* libcurl does not limit the time of a transfer that waits for another one's connection. */
static void end_overdue (gr_engine *e) {
  double time = gr_now();
  for (gr_transfer *t = e->transfers; t != NULL; t = t->next) {
    if (!t->running || time < t->deadline) continue;
    end(e, t, "timeout", "");
    t->code = CURLE_OPERATION_TIMEDOUT;
  }
}

/* A connection that cannot be watched may be any transfer's. */
static void end_unwatched (gr_engine *e) {
  if (!e->unwatched) return;
  e->unwatched = 0;
  for (gr_transfer *t = e->transfers; t != NULL; t = t->next)
    if (t->running) end(e, t, "network", "the system cannot watch any more connections");
}

/* Moves on the transfers that a descriptor (or the timer: CURL_SOCKET_TIMEOUT) is ready for. */
static void advance (gr_engine *e, curl_socket_t fd, int what) {
  int running;
  curl_multi_socket_action(e->multi, fd, what, &running);
  collect_finished(e);
  end_unwatched(e);
  if (fd == CURL_SOCKET_TIMEOUT) end_overdue(e);
}

int gr_transfer_start (gr_transfer *t, gr_engine *e) {
  curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
  if (curl_multi_add_handle(e->multi, t->easy) != CURLM_OK) return 0;
  t->running = 1;
  e->running_count++;
  limit_connections(e);
  advance(e, CURL_SOCKET_TIMEOUT, 0);
  arm_timer(e);
  return 1;
}

void gr_engine_rewatch (gr_engine *e) {
  for (int i = 0; i < e->watched_count; i++) {
    if (!e->watched[i].reported) continue;
    e->watched[i].reported = 0;
    gr_poller_watch(&e->poller, e->watched[i].fd, GR_READ | GR_ONCE);
  }
}

/* Lets libcurl do what the descriptors in 'ready' call for. The entries that remain, and their returned
** number, are watched descriptors. */
static int serve (gr_engine *e, gr_ready *ready, int n) {
  int left = 0;
  for (int i = 0; i < n; i++) {
    int at = ready[i].fd < 0 ? -1 : find_watched(e, ready[i].fd);
    int what = ((ready[i].events & GR_READ) ? CURL_CSELECT_IN : 0)
      | ((ready[i].events & GR_WRITE) ? CURL_CSELECT_OUT : 0)
      | ((ready[i].events & GR_HANGUP) ? CURL_CSELECT_ERR : 0);
    if (at >= 0) {
      e->watched[at].reported = 1;
      ready[left++] = ready[i];
    }
    else if (ready[i].fd < 0) advance(e, CURL_SOCKET_TIMEOUT, 0);
    else advance(e, ready[i].fd, what);
  }
  drop_connections(e);
  arm_timer(e);
  return left;
}

int gr_engine_step (gr_engine *e, double seconds, gr_ready *ready, int size) {
  double ms = seconds > 0 ? seconds * 1000 + 0.999 : 0;
  if (e->finished > 0) ms = 0; /* there is something to report already */
  return serve(e, ready, gr_poller_wait(&e->poller, ready, size, ms < INT_MAX ? (int)ms : INT_MAX));
}

int gr_engine_watch (gr_engine *e, int fd) {
  int at = find_watched(e, fd); /* a closed descriptor may have had the same number */
  if (at < 0 && e->watched_count == GR_MAX_WATCHED) return -1;
  int wrong = gr_poller_watch(&e->poller, fd, GR_READ | GR_ONCE);
  if (wrong != 0) return wrong;
  if (at < 0) at = e->watched_count++;
  e->watched[at].fd = fd;
  e->watched[at].reported = 0;
  return 0;
}

void gr_engine_unwatch (gr_engine *e, int fd) {
  int at = find_watched(e, fd);
  if (at < 0) return;
  gr_poller_watch(&e->poller, fd, 0);
  forget_watched(e, at);
}
