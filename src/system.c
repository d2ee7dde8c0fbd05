#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netdb.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* == Files and folders == */

static int write_all (int fd, const char *bytes, size_t len) {
  while (len > 0) {
    ssize_t n = write(fd, bytes, len);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    bytes += n;
    len -= (size_t)n;
  }
  return fsync(fd) == 0 ? 0 : errno;
}

/* Writes 'bytes' to a new file beside the old one. The template 'temporary' is replaced with its name. */
static int write_beside (char *temporary, const char *bytes, size_t len) {
  int fd = mkostemp(temporary, O_CLOEXEC); /* O_EXCL, mode 0600 */
  if (fd < 0) return errno;
  int error = write_all(fd, bytes, len);
  if (close(fd) != 0 && error == 0) error = errno;
  if (error != 0) unlink(temporary);
  return error;
}

/* Makes a rename in a folder survive a power cut, if the system can. */
static void sync_folder_of (char *path) {
  char *slash = strrchr(path, '/');
  if (slash != NULL) slash[slash == path] = '\0'; /* the root keeps its slash */
  int fd = open(slash != NULL ? path : ".", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

int gr_follow (const char *path, size_t len, char *target) {
  struct stat there;
  if (lstat(path, &there) == 0 && S_ISLNK(there.st_mode)) return realpath(path, target) != NULL ? 0 : errno;
  if (len >= PATH_MAX) return ENAMETOOLONG;
  memcpy(target, path, len + 1);
  return 0;
}

int gr_write_private (const char *path, char *temporary, const char *bytes, size_t len) {
  int error = write_beside(temporary, bytes, len);
  if (error != 0) return error;
  if (rename(temporary, path) != 0) {
    error = errno;
    unlink(temporary);
    return error;
  }
  sync_folder_of(temporary);
  return 0;
}

int gr_is_private (const char *path, int *is_private) {
  struct stat there;
  if (stat(path, &there) != 0) return errno;
  *is_private = (there.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  return 0;
}

static int make_one (const char *path) {
  struct stat there;
  if (mkdir(path, 0700) == 0) return 0;
  int error = errno; /* on some systems this is not EEXIST for a folder that exists */
  if (stat(path, &there) == 0) return S_ISDIR(there.st_mode) ? 0 : ENOTDIR;
  return error;
}

int gr_make_folder (char *path) {
  for (char *p = path + 1; *p != '\0'; p++) {
    if (*p != '/') continue;
    *p = '\0';
    int error = make_one(path);
    *p = '/';
    if (error != 0) return error;
  }
  return make_one(path);
}

/* == Locks == */

static int lock_file (gr_lock *lock, const char *path) {
  lock->pid = getpid();
  lock->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock->fd < 0) return errno;
  while (flock(lock->fd, LOCK_EX) != 0)
    if (errno != EINTR) return errno;
  return 0;
}

int gr_lock_open (gr_lock *lock, const char *path) {
  int error = lock_file(lock, path);
  if (error == 0) return 0;
  if (lock->fd >= 0) close(lock->fd);
  lock->fd = -1;
  return error;
}

void gr_lock_close (gr_lock *lock) {
  if (lock->fd >= 0) {
    if (lock->pid == getpid()) flock(lock->fd, LOCK_UN); /* a child may share the descriptor */
    close(lock->fd);
  }
  lock->fd = -1;
}

/* == Signals, limits and names == */

/* Only the first of these signals counts. A terminal that closes may send another from its shell, and the
** work begun must still end well. */
static void interrupt (int sig) {
  static volatile sig_atomic_t interrupted = 0;
  (void)sig;
  if (interrupted) return;
  interrupted = 1;
  raise(SIGINT);
}

static void interrupt_on (int sig) {
  struct sigaction action;
  if (sigaction(sig, NULL, &action) != 0 || action.sa_handler == SIG_IGN) return; /* nohup, for example */
  memset(&action, 0, sizeof action);
  action.sa_handler = interrupt;
  sigemptyset(&action.sa_mask);
  sigaction(sig, &action, NULL);
}

void gr_interrupt_on_end (void) {
  interrupt_on(SIGTERM);
  interrupt_on(SIGHUP);
}

unsigned long long gr_raise_descriptor_limit (void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  rlim_t soft = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : soft;
}

/* Writes the addresses of the list as texts and returns their number. */
static int read_addresses (const struct addrinfo *list, gr_address addresses[]) {
  int n = 0;
  for (; list != NULL && n < GR_MAX_ADDRESSES; list = list->ai_next) {
    const void *bytes = list->ai_family == AF_INET6
      ? (const void *)&((const struct sockaddr_in6 *)(const void *)list->ai_addr)->sin6_addr
      : (const void *)&((const struct sockaddr_in *)(const void *)list->ai_addr)->sin_addr;
    if (inet_ntop(list->ai_family, bytes, addresses[n], INET6_ADDRSTRLEN) != NULL) n++;
  }
  return n;
}

int gr_resolve (const char *host, gr_address addresses[GR_MAX_ADDRESSES], int *count) {
  struct addrinfo hints, *list = NULL;
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  int error = getaddrinfo(host, NULL, &hints, &list);
  if (error != 0) return error;
  *count = read_addresses(list, addresses);
  freeaddrinfo(list);
  return 0;
}
