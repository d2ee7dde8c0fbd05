/* The functions of gumroad.system, without Lua: files that only their owner can read and that are never
** half written, locks between processes, signals, names. */
#ifndef GR_SYSTEM_H
#define GR_SYSTEM_H

#include <stddef.h>
#include <sys/types.h>
#include <netinet/in.h>

#define GR_TEMPORARY ".XXXXXX" /* appended to a path to make a template for mkostemp */

enum { GR_MAX_ADDRESSES = 16 };

typedef struct gr_lock {
  int fd; /* -1 while closed */
  pid_t pid; /* the process that locked: a forked child must not unlock for its parent */
} gr_lock;

typedef char gr_address[INET6_ADDRSTRLEN]; /* as text */

/* == Files and folders: each returns 0 or an errno == */

/* Puts the final target of a symbolic link into 'target', which is PATH_MAX bytes long, or the path itself
** if it is not a link. */
int gr_follow (const char *path, size_t len, char *target);

/* Writes a file, mode 0600, in one step. 'temporary' is its path followed by GR_TEMPORARY, and is changed.
** */
int gr_write_private (const char *path, char *temporary, const char *bytes, size_t len);

/* Finds out whether only its owner can read or write it. */
int gr_is_private (const char *path, int *is_private);

/* Makes a folder and its missing parents, mode 0700. The path is changed meanwhile. */
int gr_make_folder (char *path);

/* == Locks == */

/* Waits until nobody else has the lock on the file, which is made if it is missing. Returns 0 or an errno;
** on failure the lock is closed. */
int gr_lock_open (gr_lock *lock, const char *path);

/* Safe to repeat. */
void gr_lock_close (gr_lock *lock);

/* == Signals, limits and names == */

/* From here on, signals that ask the program to end act like Ctrl-C. */
void gr_interrupt_on_end (void);

/* Raises the limit of descriptors as far as the process may, and returns it. */
unsigned long long gr_raise_descriptor_limit (void);

/* Finds the addresses of a host; returns 0 or an error of getaddrinfo. */
int gr_resolve (const char *host, gr_address addresses[GR_MAX_ADDRESSES], int *count);

#endif
