#include "response.h"

#include "text.h"

#include <string.h>

/* Returns whether the head is that of a 100, 103, ..., which another head follows. */
static int is_interim (const gr_response_head *head) {
  const char *s = head->bytes.data, *end = s + head->bytes.len;
  const char *status = s != NULL ? (const char *)memchr(s, ' ', head->bytes.len) : NULL;
  return status != NULL && end - status > 1 && status[1] == '1';
}

const char *gr_response_head_add (
  gr_response_head *head, const gr_memory *memory, const char *line, size_t len) {
  if (len > GR_MAX_HEAD - head->taken) {
    head->too_large = 1;
    return "too_large";
  }
  head->taken += len;
  if (head->over && !is_interim(head)) return NULL; /* a trailer, which may say less than a header */
  if (head->over) head->bytes.len = 0;
  head->over = len <= 2;
  return gr_buffer_append(&head->bytes, memory, line, len) ? NULL : "memory";
}

int gr_response_head_is_whole (const gr_response_head *head) {
  return head->over && !is_interim(head);
}

void gr_response_head_release (gr_response_head *head, const gr_memory *memory) {
  gr_buffer_release(&head->bytes, memory);
}

static const char *end_of_line (const char *s, const char *end) {
  const char *newline = s < end ? (const char *)memchr(s, '\n', (size_t)(end - s)) : NULL;
  return newline != NULL ? newline + 1 : end;
}

const char *gr_skip_status_line (const char *head, const char *end) {
  return end_of_line(head, end);
}

static int is_blank (char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Returns whether the line [s, end) is a header, and fills 'header' if it is. */
static int read_header (const char *s, const char *end, gr_header *header) {
  const char *colon = (const char *)memchr(s, ':', (size_t)(end - s));
  header->name_len = colon != NULL ? (size_t)(colon - s) : 0;
  if (header->name_len == 0 || header->name_len > sizeof header->name)
    return 0; /* in most cases, the empty line */
  for (size_t i = 0; i < header->name_len; i++) header->name[i] = gr_lower(s[i]);
  header->value = colon + 1;
  while (header->value < end && is_blank(*header->value)) header->value++;
  while (end > header->value && is_blank(end[-1])) end--;
  header->value_len = (size_t)(end - header->value);
  return 1;
}

int gr_next_header (const char **p, const char *end, gr_header *header) {
  while (*p < end) {
    const char *line = *p;
    *p = end_of_line(line, end);
    if (read_header(line, *p, header)) return 1;
  }
  return 0;
}
