/* Fuzzes the form parser: the input is a body. */
#include "fuzz.h"

#include "form.h"

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

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  read_all((const char *)data, size, 1 + size % 64);
  encode_and_decode((const char *)data, size);
  return 0;
}
