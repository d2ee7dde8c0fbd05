/* Fuzzes reading and writing of numbers, and compares them with the C library's in the C locale. The input
** is a text; its first eight bytes are also used as a double. */
#include "fuzz.h"

#include <errno.h>
#include <math.h>

#include "number.h"

static int is_same (double a, double b) {
  return memcmp(&a, &b, sizeof a) == 0;
}

/* Returns whether the digits, which are few, are exactly those of the double. */
static int is_exact (const char *digits, size_t len, double number) {
  __int128 value = 0;
  double size = fabs(number);
  for (size_t i = digits[0] == '-'; i < len; i++) value = value * 10 + (digits[i] - '0');
  return size < 1e37 && (__int128)size == value;
}

static void check_integer (const char *text, size_t len, const gr_number *number, int loses) {
  errno = 0;
  long long integer = strtoll(text, NULL, 10);
  CHECK(number->is_integer == (errno == 0));
  if (number->is_integer) CHECK(number->integer == integer);
  if (len < 37) CHECK(loses == !is_exact(text, len, number->number));
}

static void check_read (const char *data, size_t size) {
  char *copy = fuzz_copy(data, size);
  gr_number number = {0};
  const char *end = gr_number_read(copy, copy + size, &number);
  CHECK(end == gr_number_end(copy, copy + size));
  if (end != NULL) {
    size_t len = (size_t)(end - copy);
    char *text = fuzz_string(copy, len), *stop = NULL;
    double wanted = strtod(text, &stop);
    int loses = gr_number_loses_digits(&number, copy, end);
    CHECK(stop == text + len
      && (is_same(wanted, number.number) || (number.is_integer && wanted == number.number)));
    if (strspn(text, "-0123456789") == len) check_integer(text, len, &number, loses);
    else CHECK(!number.is_integer && !loses);
    free(text);
  }
  free(copy);
}

static void check_write (double number) {
  char text[GR_NUMBER_SIZE + 1];
  if (!isfinite(number)) return;
  size_t len = gr_number_write(number, text);
  CHECK(len > 0 && len < GR_NUMBER_SIZE);
  text[len] = '\0';
  CHECK(strtod(text, NULL) == number && strspn(text, "0123456789+-.e") == len);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  double number;
  check_read((const char *)data, size);
  if (size < sizeof number) return 0;
  memcpy(&number, data, sizeof number);
  check_write(number);
  check_write(trunc(number));
  return 0;
}
