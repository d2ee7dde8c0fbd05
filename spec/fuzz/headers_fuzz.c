/* Fuzzes the head of a response, as its lines come from libcurl, and the checks of headers to send. The
** input is one head, including trailers. */
#include "fuzz.h"

#include "request.h"
#include "response.h"

static size_t live; /* bytes that the head holds */

static void *count_memory (void *ud, void *block, size_t old_size, size_t new_size) {
  (void)ud;
  live += new_size - old_size;
  if (new_size == 0) {
    free(block);
    return NULL;
  }
  /* never in place, so that a stale pointer is seen */
  void *moved = malloc(new_size);
  CHECK(moved != NULL);
  if (block != NULL) memcpy(moved, block, old_size < new_size ? old_size : new_size);
  free(block);
  return moved;
}

static int is_blank (char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Reads a line the slow way; returns whether it is a header. */
static int is_header (const char *line, size_t len, const gr_header *header) {
  size_t name_len = 0, from, to = len;
  while (name_len < len && line[name_len] != ':') name_len++;
  if (name_len == len || name_len == 0 || name_len > GR_MAX_HEADER_NAME) return 0;
  from = name_len + 1;
  while (from < len && is_blank(line[from])) from++;
  while (to > from && is_blank(line[to - 1])) to--;
  CHECK(header->name_len == name_len && header->value_len == to - from);
  for (size_t i = 0; i < name_len; i++) {
    char c = line[i];
    CHECK(header->name[i] == (c >= 'A' && c <= 'Z' ? c + 32 : c));
  }
  CHECK(memcmp(header->value, line + from, to - from) == 0);
  return 1;
}

static void check_headers (const char *head, size_t len) {
  char *copy = fuzz_copy(head, len);
  const char *end = copy + len, *p = gr_skip_status_line(copy, end), *line = copy;
  gr_header header;
  fuzz_line(&line, end);
  CHECK(p == line);
  while (gr_next_header(&p, end, &header)) {
    CHECK(header.value >= copy && header.value + header.value_len <= end);
    for (;;) { /* finds the line that it came from; the lines before it are not headers */
      const char *start = line;
      CHECK(line < p);
      fuzz_line(&line, end);
      if (is_header(start, (size_t)(line - start), &header)) break;
    }
    CHECK(line == p);
  }
  free(copy);
}

static void read_head (const char *data, size_t size, gr_memory memory) {
  gr_response_head head;
  memset(&head, 0, sizeof head);
  const char *p = data, *end = data + size, *failure = NULL;
  while (p < end && failure == NULL) {
    const char *start = p;
    fuzz_line(&p, end);
    char *line = fuzz_copy(start, (size_t)(p - start));
    failure = gr_response_head_add(&head, &memory, line, (size_t)(p - start));
    free(line);
    CHECK(head.bytes.len <= GR_MAX_HEAD && live <= 2 * GR_MAX_HEAD);
  }
  if (failure != NULL) CHECK(strcmp(failure, "too_large") == 0 && head.too_large);
  if (head.bytes.len > 0) check_headers(head.bytes.data, head.bytes.len);
  gr_response_head_release(&head, &memory);
  gr_response_head_release(&head, &memory);
  CHECK(live == 0);
}

/* Checks that a valid header cannot begin another one. */
static void check_sent (const char *data, size_t size) {
  const char *p = data, *end = data + size;
  fuzz_piece name = fuzz_line(&p, end);
  char *name_copy = fuzz_copy(name.text, name.len), *value = fuzz_copy(p, (size_t)(end - p));
  if (gr_check_header_name(name_copy, name.len) == NULL) {
    CHECK(name.len > 0);
    for (size_t i = 0; i < name.len; i++)
      CHECK(name_copy[i] > ' ' && name_copy[i] < 127 && name_copy[i] != ':');
  }
  if (gr_check_header_value(value, (size_t)(end - p)) == NULL)
    for (size_t i = 0; i < (size_t)(end - p); i++)
      CHECK(value[i] != '\r' && value[i] != '\n' && value[i] != '\0');
  free(name_copy);
  free(value);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  gr_memory memory = {count_memory, NULL};
  read_head((const char *)data, size, memory);
  check_sent((const char *)data, size);
  return 0;
}
