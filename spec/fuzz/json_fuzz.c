/* Fuzzes the JSON reader: clang -fsanitize=fuzzer,address -Isrc spec/fuzz/json_fuzz.c src/json.c */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define CHECK(condition) do { if (!(condition)) abort(); } while (0)

/* Edits are about names that stand in the text, and leave what they enter. */
static void check_edits (const gr_json_edit *edits, size_t count, const char *text, size_t size) {
  int depth = 0;
  for (size_t i = 0; i < count; i++) {
    const gr_json_edit *edit = &edits[i];
    if (edit->kind == GR_JSON_LEAVE) CHECK(--depth >= 0);
    if (edit->kind == GR_JSON_MEMBER || edit->kind == GR_JSON_ITEM) CHECK(++depth < GR_JSON_MAXDEPTH);
    if (edit->kind == GR_JSON_ITEM) CHECK(edit->integer > 0 && edit->name == NULL);
    if (edit->name == NULL) continue;
    CHECK(edit->name > text && edit->len < size && (size_t)(edit->name - text) + edit->len < size);
    CHECK(edit->name[-1] == '"' && edit->name[edit->len] == '"');
  }
  CHECK(depth == 0);
}

/* A copy in memory of just that size, so that reading a byte beyond it is seen. */
static char *copy_of (const void *bytes, size_t size) {
  char *copy = (char *)malloc(size);
  CHECK(copy != NULL);
  memcpy(copy, bytes, size);
  return copy;
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  char *text = copy_of(data, size), *out = copy_of(data, size), *again = copy_of(data, size);
  size_t count = 0, same = 0, more = 0;
  size_t len = gr_json_read(text, size, out, NULL, 0, &count);
  gr_json_edit *edits = (gr_json_edit *)malloc((count + 1) * sizeof *edits);
  CHECK(edits != NULL && len <= size);
  CHECK(gr_json_read(text, size, again, edits, count, &same) == len);
  CHECK(same == count && memcmp(out, again, len) == 0);
  check_edits(edits, count, text, size);
  /* nothing is left to be cut out of what was copied */
  if (len > 0) {
    char *rest = copy_of(out, len);
    CHECK(gr_json_read(rest, len, again, NULL, 0, &more) == len);
    CHECK(more <= count && memcmp(out, again, len) == 0);
    free(rest);
  }
  free(text); free(out); free(again); free(edits);
  return 0;
}
