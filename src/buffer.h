/* Growing bytes, without Lua.
**
** Two conventions hold in all of src/: a struct or enum is declared 'typedef struct gr_thing { ... }
** gr_thing' and used by the typedef, and a section of a file begins with '== Its name ==' in a comment. */
#ifndef GR_BUFFER_H
#define GR_BUFFER_H

#include <stddef.h>

/* The source of memory. It is the Lua state's allocator (see gr_getmemory in module.h) under our own type,
** so that code that needs memory does not need lua.h. */
typedef void *(*gr_alloc)(void *ud, void *block, size_t old_size, size_t new_size);

typedef struct gr_memory {
  gr_alloc alloc;
  void *ud;
} gr_memory;

/* All zeros means empty, without memory. */
typedef struct gr_buffer {
  char *data;
  size_t len, cap;
} gr_buffer;

/* Makes room for 'more' bytes after the first 'len'. If there is no memory, returns 0 and changes nothing.
** */
int gr_buffer_reserve (gr_buffer *b, const gr_memory *memory, size_t more);

/* Adds 'len' bytes. If there is no memory, returns 0 and changes nothing. */
int gr_buffer_append (gr_buffer *b, const gr_memory *memory, const char *bytes, size_t len);

/* Gives the memory back and leaves the buffer empty. Safe to repeat. */
void gr_buffer_release (gr_buffer *b, const gr_memory *memory);

#endif
