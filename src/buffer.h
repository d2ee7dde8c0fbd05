/* Bytes that grow, without Lua.
**
** Two customs of all of src/: a struct or enum is 'typedef struct gr_thing { ... } gr_thing' and
** goes by the typedef; a section of a file begins with '== Its name ==' in a comment. */
#ifndef GR_BUFFER_H
#define GR_BUFFER_H

#include <stddef.h>

/* Where memory comes from. It is the Lua state's allocator (see gr_getmemory in module.h), under
** a type of our own, so that nobody who needs memory needs lua.h. */
typedef void *(*gr_alloc)(void *ud, void *block, size_t old_size, size_t new_size);

typedef struct gr_memory {
  gr_alloc alloc;
  void *ud;
} gr_memory;

/* All zeros: empty, without memory. */
typedef struct gr_buffer {
  char *data;
  size_t len, cap;
} gr_buffer;

/* Makes room for 'more' bytes behind the first 'len'. Returns 0 where there is no memory, and has
** changed nothing then. */
int gr_buffer_reserve (gr_buffer *b, const gr_memory *memory, size_t more);

/* Adds 'len' bytes. Returns 0 where there is no memory, and has changed nothing then. */
int gr_buffer_append (gr_buffer *b, const gr_memory *memory, const char *bytes, size_t len);

/* Gives the memory back; the buffer is empty then. Safe to repeat. */
void gr_buffer_release (gr_buffer *b, const gr_memory *memory);

#endif
