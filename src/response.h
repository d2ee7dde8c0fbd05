/* The head of a response without Lua and libcurl: its lines as they arrive, and its headers. */
#ifndef GR_RESPONSE_H
#define GR_RESPONSE_H

#include "buffer.h"

#include <stddef.h>

enum {
  GR_MAX_HEAD = 128 * 1024, /* bytes of a head, with those of 1xx responses before it and its trailers */
  GR_MAX_HEADER_NAME = 256 /* a header with a longer name is skipped */
};

/* All zeros means that nothing has arrived. */
typedef struct gr_response_head {
  gr_buffer bytes; /* as they came, with the status line */
  size_t taken; /* bytes that have arrived, kept or not */
  int over; /* whether its empty line has arrived */
  int too_large;
} gr_response_head;

/* A header: its name in lower case, and its value without surrounding blanks. */
typedef struct gr_header {
  char name[GR_MAX_HEADER_NAME];
  const char *value;
  size_t name_len, value_len;
} gr_header;

/* Takes the next line, with its line end. A status line after a 1xx response starts anew, and a trailer is
** counted and skipped.
** Returns NULL, or the code of the reason why the response cannot be read any further: "too_large" (and
** sets 'too_large'), "memory". */
const char *gr_response_head_add (
  gr_response_head *head, const gr_memory *memory, const char *line, size_t len);

/* Returns whether the head is complete and not that of a 1xx response, which another head follows. */
int gr_response_head_is_whole (const gr_response_head *head);

/* Gives the memory back. Safe to repeat. */
void gr_response_head_release (gr_response_head *head, const gr_memory *memory);

/* Skips the status line at the beginning of a head. Returns where its headers begin. */
const char *gr_skip_status_line (const char *head, const char *end);

/* Reads the next header of [*p, end) and moves *p past it; lines that are not headers are skipped. 'value'
** points into those bytes. Returns 0 when none are left. */
int gr_next_header (const char **p, const char *end, gr_header *header);

#endif
