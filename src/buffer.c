#include "buffer.h"

#include <stdint.h>
#include <string.h>

enum { FIRST = 1024 }; /* bytes, unless the caller asks for more */

int gr_buffer_reserve (gr_buffer *b, const gr_memory *memory, size_t more) {
  if (more <= b->cap - b->len) return 1;
  if (more > SIZE_MAX / 2 || b->cap > SIZE_MAX / 2) return 0;
  size_t cap = b->cap > 0 ? b->cap * 2 : FIRST;
  if (cap < b->len + more) cap = b->len + more;
  char *data = (char *)memory->alloc(memory->ud, b->data, b->cap, cap);
  if (data == NULL) return 0;
  b->data = data;
  b->cap = cap;
  return 1;
}

int gr_buffer_append (gr_buffer *b, const gr_memory *memory, const char *bytes, size_t len) {
  if (len == 0) return 1;
  if (!gr_buffer_reserve(b, memory, len)) return 0;
  memcpy(b->data + b->len, bytes, len);
  b->len += len;
  return 1;
}

void gr_buffer_release (gr_buffer *b, const gr_memory *memory) {
  if (b->data != NULL) memory->alloc(memory->ud, b->data, b->cap, 0);
  b->data = NULL;
  b->len = b->cap = 0;
}
