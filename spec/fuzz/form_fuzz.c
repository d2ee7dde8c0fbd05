/* Fuzzes the form parser: clang -fsanitize=fuzzer,address -Isrc spec/fuzz/form_fuzz.c src/form.c
** With -DGR_FUZZ_MAIN, any compiler: reads the files named on the command line once each. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"

#define CHECK(condition) do { if (!(condition)) abort(); } while (0)

static void check_span (gr_span span, const char *buffer, size_t size) {
  CHECK(span.text >= buffer && span.len <= size);
  CHECK((size_t)(span.text - buffer) <= size - span.len);
}

/* Decodes a value the slow way and checks it. Returns its end in the body. */
static const char *check_value (const char *s, const char *end, gr_span value) {
  size_t n = 0;
  for (; s < end && *s != '&'; s++, n++) {
    char hex[3] = {0}, *stop = NULL, byte = *s == '+' ? ' ' : *s;
    if (*s == '%' && end - s >= 3) {
      memcpy(hex, s + 1, 2);
      long decoded = strtol(hex, &stop, 16);
      if (stop == hex + 2 && strspn(hex, "0123456789abcdefABCDEF") == 2) {
        byte = (char)decoded;
        s += 2;
      }
    }
    CHECK(n < value.len && value.text[n] == byte);
  }
  CHECK(n == value.len);
  return s;
}

/* Reads all fields, 'batch' at a time, and compares them with the body. */
static void read_all (const char *body, size_t size, size_t batch) {
  gr_form_field fields[64];
  gr_span parts[GR_FORM_MAXPARTS];
  char *copy = (char *)malloc(size + GR_FORM_PADDING), *buffer = (char *)malloc(size + GR_FORM_PADDING);
  CHECK(copy != NULL && buffer != NULL);
  if (size > 0) memcpy(copy, body, size);
  gr_form form;
  gr_form_begin(&form, copy, size, buffer);
  const char *s = body, *end = body + size;
  for (size_t n; (n = gr_form_read(&form, fields, batch)) > 0;) {
    CHECK(n <= batch);
    for (size_t i = 0; i < n; i++) {
      while (s < end && *s == '&') s++;
      while (s < end && *s != '=' && *s != '&') s++;
      if (s < end && *s == '=') s++;
      s = check_value(s, end, fields[i].value);
      check_span(fields[i].name, buffer, size);
      size_t count = gr_form_split(&fields[i], parts);
      CHECK(count >= 1);
      for (size_t j = 0; j < count && j < GR_FORM_MAXPARTS; j++) check_span(parts[j], buffer, size);
    }
  }
  while (s < end && *s == '&') s++;
  CHECK(s == end && form.p >= form.end);
  free(copy);
  free(buffer);
}

/* Checks that encoded text decodes to the same text. */
static void encode_and_decode (const char *bytes, size_t size) {
  size_t room = 1 + 3 * size + GR_FORM_PADDING;
  char *encoded = (char *)malloc(room), *buffer = (char *)malloc(room);
  CHECK(encoded != NULL && buffer != NULL);
  encoded[0] = '=';
  size_t len = 1 + gr_percent_encode(bytes, size, encoded + 1);
  gr_form form;
  gr_form_field field;
  gr_form_begin(&form, encoded, len, buffer);
  CHECK(gr_form_read(&form, &field, 1) == 1);
  CHECK(field.name.len == 0 && field.value.len == size);
  CHECK(memcmp(field.value.text, bytes, size) == 0);
  free(encoded);
  free(buffer);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  read_all((const char *)data, size, 1 + size % 64);
  encode_and_decode((const char *)data, size);
  return 0;
}

#ifdef GR_FUZZ_MAIN
int main (int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    FILE *f = fopen(argv[i], "rb");
    CHECK(f != NULL && fseek(f, 0, SEEK_END) == 0);
    long size = ftell(f);
    CHECK(size >= 0);
    uint8_t *data = (uint8_t *)malloc((size_t)size + 1);
    rewind(f);
    CHECK(data != NULL && fread(data, 1, (size_t)size, f) == (size_t)size);
    fclose(f);
    LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
  }
  printf("%d files\n", argc - 1);
  return 0;
}
#endif
