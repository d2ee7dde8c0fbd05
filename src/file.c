#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

static const char *check_kind (const struct stat *s) {
  if (S_ISDIR(s->st_mode)) return "it is a directory";
  return S_ISREG(s->st_mode) ? NULL : "it is not a regular file";
}

const char *gr_file_stat (const char *path, off_t *size, struct timespec *changed) {
  struct stat s;
  const char *wrong = stat(path, &s) == 0 ? check_kind(&s) : strerror(errno);
  if (wrong != NULL) return wrong;
  *size = s.st_size;
#if defined(__APPLE__)
  *changed = s.st_mtimespec;
#else
  *changed = s.st_mtim;
#endif
  return NULL;
}

const char *gr_file_open (gr_file *f, const char *path, off_t *size) {
  struct stat s;
  f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not block us here */
  if (f->fd < 0) return strerror(errno);
  const char *wrong = fstat(f->fd, &s) == 0 ? check_kind(&s) : strerror(errno);
  if (wrong != NULL) gr_file_close(f);
  else *size = s.st_size;
  return wrong;
}

ssize_t gr_file_read (gr_file *f, char *out, size_t size) {
  off_t left = f->length - f->at;
  ssize_t n;
  if (left <= 0) return 0;
  if ((off_t)size > left) size = (size_t)left;
  do n = pread(f->fd, out, size, f->offset + f->at);
  while (n < 0 && errno == EINTR);
  f->error = n < 0 ? errno : 0;
  if (n <= 0) return -1;
  f->at += n;
  return n;
}

int gr_file_seek (gr_file *f, off_t at) {
  if (at < 0 || at > f->length) return 0;
  f->at = at;
  return 1;
}

void gr_file_close (gr_file *f) {
  if (f->fd >= 0) close(f->fd);
  f->fd = -1;
}
