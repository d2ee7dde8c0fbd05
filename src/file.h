/* Files, without Lua. The body of a request may be a part of a file, which is read piece by piece, never
** whole. */
#ifndef GR_FILE_H
#define GR_FILE_H

#include <time.h>
#include <sys/types.h>

typedef struct gr_file {
  int fd; /* -1 while closed */
  off_t offset, length; /* the stretch */
  off_t at; /* how much of the part was read */
  int error; /* errno of a failed read, or 0 if the file ended too soon */
} gr_file;

/* Gets the size of a regular file and the time of its last change. Returns NULL, or the reason why it
** cannot be read. */
const char *gr_file_stat (const char *path, off_t *size, struct timespec *changed);

/* Opens a regular file and sets 'size' to its size. Returns NULL, or the reason why it cannot be opened. */
const char *gr_file_open (gr_file *f, const char *path, off_t *size);

/* Reads the next bytes of the part: at most 'size' bytes. Returns 0 at its end, -1 on failure. */
ssize_t gr_file_read (gr_file *f, char *out, size_t size);

/* Moves to a position in the part; returns 0 if there is no such position. */
int gr_file_seek (gr_file *f, off_t at);

/* Safe to repeat. */
void gr_file_close (gr_file *f);

#endif
