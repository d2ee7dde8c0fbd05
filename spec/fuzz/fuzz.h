/* What the targets of libFuzzer have in common. */
#ifndef GR_FUZZ_H
#define GR_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A finding, by its place. */
#define CHECK(condition)                                                                                     \
  ((condition) ? (void)0 : (fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition), abort()))

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A copy in memory of just that size, so that reading a byte beyond it is seen. */
static inline char *fuzz_copy (const void *bytes, size_t size) {
  char *copy = (char *)malloc(size > 0 ? size : 1);
  CHECK(copy != NULL);
  if (size > 0) memcpy(copy, bytes, size);
  return copy;
}

/* Such a copy with a zero behind it, as Lua's strings have. */
static inline char *fuzz_string (const void *bytes, size_t size) {
  char *copy = (char *)malloc(size + 1);
  CHECK(copy != NULL);
  if (size > 0) memcpy(copy, bytes, size);
  copy[size] = '\0';
  return copy;
}

/* A piece of the input. */
typedef struct fuzz_piece {
  const char *text;
  size_t len;
} fuzz_piece;

/* Takes what stands before the next line end off the input. */
static inline fuzz_piece fuzz_line (const char **p, const char *end) {
  const char *newline = *p < end ? (const char *)memchr(*p, '\n', (size_t)(end - *p)) : NULL;
  fuzz_piece line = {*p, (size_t)((newline != NULL ? newline : end) - *p)};
  *p = newline != NULL ? newline + 1 : end;
  return line;
}

#endif
