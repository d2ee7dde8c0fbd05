/* What gumroad.system does, without Lua: files that only their owner can read and that are never
** half written, locks between processes, signals, names. */
#ifndef GR_SYSTEM_H
#define GR_SYSTEM_H

#include <stddef.h>
#include <sys/types.h>
#include <netinet/in.h>

#define GR_TEMPORARY ".XXXXXX" /* what follows a path to make it a template, as mkostemp wants it */

enum { GR_MAX_ADDRESSES = 16 };

typedef struct gr_lock {
  int fd; /* -1 while closed */
  pid_t pid; /* who locked: a forked child must not unlock for its parent */
} gr_lock;

typedef char gr_address[INET6_ADDRSTRLEN]; /* as text */

/* == Files and folders: each returns 0 or an errno == */

/* Puts the path to which a symbolic link leads at last into 'target', or the path itself if it is not a link; it is
** PATH_MAX bytes long. */
int gr_follow (const char *path, size_t len, char *target);

/* Writes a file, mode 0600, in one step. 'temporary' is its path with GR_TEMPORARY behind it, and is
** changed. */
int gr_write_private (const char *path, char *temporary, const char *bytes, size_t len);

/* Whether nobody but its owner can read or write it. */
int gr_is_private (const char *path, int *is_private);

/* Makes a folder and those above it, mode 0700. The path is changed meanwhile. */
int gr_make_folder (char *path);

/* == Locks == */

/* Waits until nobody else has the lock on the file, which is made where it is missing. Returns 0 or
** an errno; the lock is closed then. */
int gr_lock_open (gr_lock *lock, const char *path);

/* Safe to repeat. */
void gr_lock_close (gr_lock *lock);

/* == Signals, limits and names == */

/* What asks the program to end is from here on what Ctrl-C is. */
void gr_interrupt_on_end (void);

/* Raises the limit of descriptors as far as the process may; returns it. */
unsigned long long gr_raise_descriptor_limit (void);

/* The addresses of a host; returns 0 or an error of getaddrinfo. */
int gr_resolve (const char *host, gr_address addresses[GR_MAX_ADDRESSES], int *count);

#endif
