#include "core.h"
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

static const char *check_kind (const struct stat *s) {
  if (S_ISDIR(s->st_mode)) return "it is a directory";
  return S_ISREG(s->st_mode) ? NULL : "it is not a regular file";
}

const char *gr_file_open (struct gr_file *f, const char *path, off_t *size) {
  struct stat s;
  f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);  /* a pipe must not hold us up here */
  if (f->fd < 0) return strerror(errno);
  const char *wrong = fstat(f->fd, &s) == 0 ? check_kind(&s) : strerror(errno);
  if (wrong != NULL) gr_file_close(f);
  else *size = s.st_size;
  return wrong;
}

ssize_t gr_file_read (struct gr_file *f, char *out, size_t size) {
  off_t left = f->length - f->at;
  ssize_t n;
  if (left <= 0) return 0;
  if ((off_t)size > left) size = (size_t)left;
  do n = pread(f->fd, out, size, f->offset + f->at); while (n < 0 && errno == EINTR);
  f->error = n < 0 ? errno : 0;
  if (n <= 0) return -1;
  f->at += n;
  return n;
}

int gr_file_seek (struct gr_file *f, off_t at) {
  if (at < 0 || at > f->length) return 0;
  f->at = at;
  return 1;
}

void gr_file_close (struct gr_file *f) {
  if (f->fd >= 0) close(f->fd);
  f->fd = -1;
}

/* core.file_stat(path) -> size, changed | nil, "file", message
** Of a regular file: its bytes, and when it was last written to, as text (the nanoseconds do
** not fit into a number): to be compared, not read. */
static int l_file_stat (lua_State *L) {
  size_t len;
  const char *path = luaL_checklstring(L, 1, &len);
  struct stat s;
  char changed[48];
  luaL_argcheck(L, strlen(path) == len, 1, "the path has a NUL");
  const char *wrong = stat(path, &s) == 0 ? check_kind(&s) : strerror(errno);
  if (wrong != NULL) return gr_fail(L, "file", lua_pushfstring(L, "cannot read %s: %s", path, wrong));
#if defined(__APPLE__)
  const struct timespec *t = &s.st_mtimespec;
#else
  const struct timespec *t = &s.st_mtim;
#endif
  snprintf(changed, sizeof changed, "%lld.%09ld", (long long)t->tv_sec, (long)t->tv_nsec);
  gr_pushcount(L, s.st_size);
  lua_pushstring(L, changed);
  return 2;
}

static const luaL_Reg functions[] = { { "file_stat", l_file_stat }, { NULL, NULL } };

void gr_open_file (lua_State *L) {
  gr_setfuncs(L, functions);
}
