#include "number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  MAX_DIGITS = 800, /* more of them decide nothing, unless one is not zero */
  MAX_EXPONENT = 100000000, /* beyond it a double is zero or infinite, whatever the digits */
  LONGEST_DOUBLE = 312 /* digits of the largest double, and a sign */
};

/* 2^53: up to here every whole number is exact in a double. */
#define LARGEST_EXACT 9007199254740992.0

static inline int is_digit (const char *p, const char *end) {
  return p < end && *p >= '0' && *p <= '9';
}

static inline const char *skip_digits (const char *p, const char *end) {
  while (is_digit(p, end)) p++;
  return p;
}

const char *gr_number_end (const char *s, const char *end) {
  const char *first = s + (s < end && *s == '-'), *p = skip_digits(first, end);
  int has_digits = p > first;
  if (p - first > 1 && *first == '0') return NULL;
  if (p < end && *p == '.') {
    const char *fraction = p + 1;
    p = skip_digits(fraction, end);
    has_digits |= p > fraction;
  }
  if (!has_digits) return NULL;
  if (p < end && (*p == 'e' || *p == 'E')) {
    const char *exponent = p + 1;
    exponent += exponent < end && (*exponent == '-' || *exponent == '+');
    if (is_digit(exponent, end)) p = skip_digits(exponent, end);
  }
  return p;
}

/* Reads [s, end) if it is a whole number that fits an int64_t; returns whether it is. */
static int read_integer (const char *s, const char *end, int64_t *integer) {
  int negative = *s == '-';
  uint64_t n = 0, most = (uint64_t)INT64_MAX + (uint64_t)negative;
  for (s += negative; s < end; s++) {
    unsigned digit = (unsigned)(*s - '0');
    if (digit > 9 || n > (most - digit) / 10) return 0;
    n = n * 10 + digit;
  }
  *integer = negative ? (int64_t)(0 - n) : (int64_t)n;
  return 1;
}

/* Returns the exponent after the 'e' at 'p', or 0 if the number has ended. */
static int64_t read_exponent (const char *p, const char *end) {
  int64_t n = 0;
  if (p == end) return 0;
  int negative = *++p == '-';
  for (p += negative || *p == '+'; p < end; p++)
    if (n < MAX_EXPONENT) n = n * 10 + (*p - '0');
  return negative ? -n : n;
}

/* Turns the digits into a whole number with an exponent, '1.5' into '15e-1', which has no decimal point. */
static double read_double (const char *s, const char *end) {
  char text[MAX_DIGITS + 32];
  size_t len = 0, digits = 0;
  int64_t exponent = 0;
  int in_fraction = 0, cut = 0;
  if (*s == '-') text[len++] = *s++;
  for (; s < end && *s != 'e' && *s != 'E'; s++) {
    if (*s == '.') {
      in_fraction = 1;
      continue;
    }
    if (digits == MAX_DIGITS) {
      cut |= *s != '0';
      exponent += !in_fraction;
      continue;
    }
    exponent -= in_fraction;
    if (digits == 0 && *s == '0') continue;
    text[len++] = *s;
    digits++;
  }
  if (digits == 0) text[len++] = '0';
  if (cut) {
    text[len++] = '1';
    exponent--;
  } /* the number is larger than the digits kept */
  snprintf(text + len, sizeof text - len, "e%lld", (long long)(exponent + read_exponent(s, end)));
  return strtod(text, NULL);
}

const char *gr_number_read (const char *s, const char *end, gr_number *number) {
  end = gr_number_end(s, end);
  if (end == NULL) return NULL;
  number->integer = 0;
  number->is_integer = read_integer(s, end, &number->integer);
  number->number = number->is_integer ? (double)number->integer : read_double(s, end);
  return end;
}

int gr_number_loses_digits (const gr_number *number, const char *s, const char *end) {
  char text[LONGEST_DOUBLE];
  size_t len = (size_t)(end - s);
  if (number->is_integer && number->number > -LARGEST_EXACT && number->number < LARGEST_EXACT) return 0;
  if (skip_digits(s + (*s == '-'), end) != end) return 0;
  if (len >= sizeof text) return 1;
  snprintf(text, sizeof text, "%.0f", number->number);
  return strlen(text) != len || memcmp(text, s, len) != 0;
}

size_t gr_number_write (double number, char out[GR_NUMBER_SIZE]) {
  char text[GR_NUMBER_SIZE];
  size_t len = 0;
  if (number >= -LARGEST_EXACT && number <= LARGEST_EXACT && number == (double)(int64_t)number)
    return (size_t)snprintf(out, GR_NUMBER_SIZE, "%lld", (long long)number);
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, number);
    if (strtod(text, NULL) == number) break;
  }
  for (const char *s = text; *s != '\0'; s++) { /* a locale's decimal point may be several bytes */
    if ((*s >= '0' && *s <= '9') || *s == '+' || *s == '-' || *s == 'e') out[len++] = *s;
    else if (out[len - 1] != '.') out[len++] = '.';
  }
  return len;
}
