/* Files, without Lua. The body of a request may be a stretch of one, which is read piece by piece,
** never whole. */
#ifndef GR_FILE_H
#define GR_FILE_H

#include <time.h>
#include <sys/types.h>

typedef struct gr_file {
  int fd; /* -1 while closed */
  off_t offset, length; /* the stretch */
  off_t at; /* how much of it was read */
  int error; /* of a read that failed: an errno, or 0 where the file ended too soon */
} gr_file;

/* Of a regular file: its size, and when it was last written to. Returns NULL, or why it cannot be read. */
const char *gr_file_stat (const char *path, off_t *size, struct timespec *changed);

/* Opens a regular file; 'size' is then its own. Returns NULL, or why that cannot be. */
const char *gr_file_open (gr_file *f, const char *path, off_t *size);

/* Reads what comes next of the stretch: at most 'size' bytes, 0 at its end, -1 for a failure. */
ssize_t gr_file_read (gr_file *f, char *out, size_t size);

/* Goes to a place of the stretch; returns 0 where the stretch has no such place. */
int gr_file_seek (gr_file *f, off_t at);

/* Safe to repeat. */
void gr_file_close (gr_file *f);

#endif
