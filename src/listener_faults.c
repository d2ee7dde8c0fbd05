/* Faults that an emulator inflicts on its clients. */
#include "listener_faults.h"

#include <string.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

enum { PART_BLOCK = 16384 }; /* bytes of a broken response sent at once */

typedef struct gr_faults {
  gr_filter filter; /* must be first: a filter is cast to its faults */
  size_t cut_times, cut_after; /* see gr_faults_cut */
  uint64_t cut_bytes;
  size_t len;
  char prefix[];
} gr_faults;

/* A body that is cut after its first 'limit' bytes. */
typedef struct gr_part {
  gr_memory memory;
  size_t size; /* of the whole block */
  int fd;
  size_t limit;
  char bytes[];
} gr_part;

/* A close with SO_LINGER 0 would not do: MHD shuts down first, and the client may take the FIN for a
** regular end. Bytes sent before are pushed out, because MHD may hold back part of a packet. */
void gr_faults_reset (int fd) {
  const int on = 1;
  const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connect(fd, &nobody, sizeof nobody);
}

/* == Bodies on their way in == */

/* Returns whether the URI, which begins the head, is one for large bodies. */
static int is_large (const gr_faults *faults, const gr_conn *c) {
  size_t len;
  const char *p = c->head.data, *uri = gr_next_field(&p, &len);
  return len >= faults->len && memcmp(uri, faults->prefix, faults->len) == 0;
}

/* Returns where to cut the body of this request. */
static uint64_t take_cut (gr_faults *faults) {
  if (faults->cut_times == 0) return UINT64_MAX;
  if (faults->cut_after > 0) {
    faults->cut_after--;
    return UINT64_MAX;
  }
  faults->cut_times--;
  return faults->cut_bytes;
}

static int begin (gr_filter *filter, gr_conn *c, uint64_t length) {
  gr_faults *faults = (gr_faults *)filter;
  int large = is_large(faults, c);
  c->cut_at = large ? take_cut(faults) : UINT64_MAX;
  return large && length != GR_LENGTH_UNKNOWN && length > c->l->max_body;
}

static int take_part (gr_filter *filter, gr_conn *c) {
  if (is_large((gr_faults *)filter, c)) gr_conn_wait(c); /* it may take long to arrive */
  if (c->received < c->cut_at) return 1;
  gr_faults_reset(c->fd);
  return 0;
}

static void release (gr_filter *filter, const gr_memory *memory) {
  memory->alloc(memory->ud, filter, sizeof(gr_faults) + ((gr_faults *)filter)->len, 0);
}

int gr_faults_open (gr_listener *l, const char *prefix, size_t len) {
  gr_faults *faults = (gr_faults *)l->memory.alloc(l->memory.ud, NULL, 0, sizeof *faults + len);
  if (faults == NULL) return 0;
  memset(faults, 0, sizeof *faults);
  faults->filter = (gr_filter){begin, take_part, release};
  faults->len = len;
  memcpy(faults->prefix, prefix, len);
  l->filter = &faults->filter;
  return 1;
}

void gr_faults_cut (gr_listener *l, uint64_t bytes, unsigned times, unsigned after) {
  gr_faults *faults = (gr_faults *)l->filter;
  if (faults == NULL) return; /* there are no such paths */
  faults->cut_bytes = bytes;
  faults->cut_times = times;
  faults->cut_after = after;
}

/* == Responses that break == */

static ssize_t on_part (void *ud, uint64_t pos, char *out, size_t max) {
  gr_part *part = (gr_part *)ud;
  size_t left = part->limit - (size_t)pos;
  if (left == 0) {
    gr_faults_reset(part->fd);
    return MHD_CONTENT_READER_END_WITH_ERROR;
  }
  if (max > left) max = left;
  memcpy(out, part->bytes + pos, max);
  return (ssize_t)max;
}

static void on_part_done (void *ud) {
  gr_part *part = (gr_part *)ud;
  part->memory.alloc(part->memory.ud, part, part->size, 0);
}

struct MHD_Response *gr_faults_part (gr_conn *c, const char *body, size_t len, size_t limit) {
  gr_memory memory = c->l->memory;
  gr_part *part = (gr_part *)memory.alloc(memory.ud, NULL, 0, sizeof *part + limit);
  if (part == NULL) return NULL;
  part->memory = memory;
  part->size = sizeof *part + limit;
  part->fd = c->fd;
  part->limit = limit;
  memcpy(part->bytes, body, limit);
  struct MHD_Response *response =
    MHD_create_response_from_callback(len, PART_BLOCK, on_part, part, on_part_done);
  if (response == NULL) on_part_done(part);
  return response;
}
