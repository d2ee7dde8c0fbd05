#include "secret.h"

int gr_equal (const char *a, size_t a_len, const char *b, size_t b_len) {
  if (a_len != b_len) return 0;
  volatile unsigned char differs = 0; /* volatile keeps the compiler from leaving the loop early */
  for (size_t i = 0; i < a_len; i++) differs |= (unsigned char)(a[i] ^ b[i]);
  return differs == 0;
}

void gr_wipe (void *p, size_t len) {
  volatile unsigned char *bytes = (volatile unsigned char *)p;
  while (len-- > 0) bytes[len] = 0;
}
