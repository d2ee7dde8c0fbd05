/* Fuzzes the JSON reader: the input is a document. */
#include "fuzz.h"

#include "json.h"
#include "number.h"

static void *allocate (size_t size) {
  void *memory = malloc(size > 0 ? size : 1);
  CHECK(memory != NULL);
  return memory;
}

/* Checks that edits are about names and numbers in the text, and that they leave everything they enter. */
static void check_edits (const gr_json *json) {
  int depth = 0;
  for (size_t i = 0; i < json->count; i++) {
    const gr_json_edit *edit = &json->edits[i];
    int has_name = edit->kind == GR_JSON_SET_MEMBER || edit->kind == GR_JSON_ENTER_MEMBER;
    int has_number = edit->kind == GR_JSON_SET_MEMBER || edit->kind == GR_JSON_SET_ITEM;
    CHECK(!has_name || !json->as_pairs);
    if (edit->kind == GR_JSON_LEAVE || edit->kind == GR_JSON_LEAVE_PAIRS) CHECK(--depth >= 0);
    if (edit->kind == GR_JSON_ENTER_MEMBER || edit->kind == GR_JSON_ENTER_ITEM)
      CHECK(++depth <= GR_JSON_MAXDEPTH);
    if (has_name) {
      CHECK(edit->name > 0 && edit->name < json->len && edit->len < json->len - edit->name);
      CHECK(json->text[edit->name - 1] == '"' && json->text[edit->name + edit->len] == '"');
    }
    if (has_number) {
      gr_number number;
      CHECK(edit->number < json->len);
      CHECK(gr_number_read(json->text + edit->number, json->text + json->len, &number) != NULL);
    }
  }
  CHECK(depth == 0);
}

/* Checks that nothing is left to cut out of the copy, except what replaces an item. */
static void check_copy (const gr_json *json) {
  gr_json again = {
    .len = json->out_len, .max_values = SIZE_MAX, .keep_nulls = json->keep_nulls, .as_pairs = json->as_pairs};
  char *text = (char *)allocate(json->out_len);
  memcpy(text, json->out, json->out_len);
  again.text = text;
  again.out = (char *)allocate(GR_JSON_ROOM(again.len));
  CHECK(gr_json_read(&again) == GR_JSON_READ && again.out_len == again.len && again.count == 0);
  CHECK(memcmp(again.out, text, again.len) == 0);
  free(text);
  free(again.out);
}

/* Reads the text twice: to count, in memory of exactly the promised size, and to edit. */
static gr_json_status read_text (gr_json *json) {
  json->out = (char *)allocate(GR_JSON_ROOM(json->len));
  json->edits = NULL;
  json->room = 0;
  gr_json_status status = gr_json_read(json);
  if (status == GR_JSON_READ) {
    size_t count = json->count;
    json->edits = (gr_json_edit *)allocate(count * sizeof *json->edits);
    json->room = count;
    CHECK(
      gr_json_read(json) == GR_JSON_READ && json->count == count && json->out_len <= GR_JSON_ROOM(json->len));
    check_edits(json);
    check_copy(json);
    gr_json_mend_surrogates(json->out, json->out_len);
    CHECK(!gr_json_mend_surrogates(json->out, json->out_len));
  }
  free(json->out);
  free(json->edits);
  return status;
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  char *text = (char *)allocate(size);
  memcpy(text, data, size);
  for (int keep_nulls = 0; keep_nulls <= 1; keep_nulls++) {
    gr_json json = {.text = text, .len = size, .max_values = SIZE_MAX, .keep_nulls = keep_nulls};
    gr_json_status status = read_text(&json);
    CHECK(status != GR_JSON_TOO_MANY);
    json.as_pairs = 1;
    gr_json_status in_pairs = read_text(&json);
    CHECK(in_pairs == status || (status == GR_JSON_AMBIGUOUS && in_pairs != GR_JSON_TOO_MANY));
  }
  free(text);
  return 0;
}
