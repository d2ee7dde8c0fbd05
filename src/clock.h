/* The clock for all waiting. */
#ifndef GR_CLOCK_H
#define GR_CLOCK_H

#include <time.h>

/* Returns seconds on a clock that is never set back. Only differences between two values mean something. */
static inline double gr_now (void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#endif
