/* Fuzzes what is decided about a ping: the input is the body of a form. */
#include "fuzz.h"

#include "event.h"

#define MOST 256

static gr_span span_of (const char *text) {
  return (gr_span){(char *)(uintptr_t)text, strlen(text)};
}

/* A schema with fields of each kind: in objects 1 (a sale), 2 (its card), 3 (a subscription) and 4 (a plan). */
static void fill (gr_event_schema *schema) {
  static const struct {
    const char *name;
    gr_event_field field;
  } fields[] = {
    {"card", {.object = 1, .child = 2, .parent = -1, .is_open_to_buyer = 1}},
    {"custom_fields", {.object = 1, .parent = -1, .is_optional = 1}},
    {"order_number", {.type = GR_EVENT_INTEGER, .object = 1, .parent = -1, .is_open_to_buyer = 1}},
    {"refunded", {.type = GR_EVENT_BOOLEAN, .object = 1, .parent = -1}},
    {"resource_name", {.object = 1, .parent = -1, .is_optional = 1, .is_open_to_buyer = 1}},
    {"retry_count", {.type = GR_EVENT_INTEGER, .object = 1, .parent = -1, .is_optional = 1}},
    {"sale_id", {.object = 1, .parent = -1, .is_open_to_buyer = 1}},
    {"subscription_id", {.object = 1, .parent = -1, .is_optional = 1, .is_open_to_buyer = 1}},
    {"test", {.type = GR_EVENT_BOOLEAN, .object = 1, .parent = -1, .is_optional = 1, .is_open_to_buyer = 1}},
    {"bin", {.object = 2, .parent = 0, .is_optional = 1}},
    {"new_plan", {.object = 3, .child = 4, .parent = -1, .is_optional = 1}},
    {"subscription_id", {.object = 3, .parent = -1}},
    {"quantity", {.type = GR_EVENT_INTEGER, .object = 4, .parent = 10}},
  };
  const int refund_key[] = {6, 3}, updated_key[] = {11, 12};
  memset(schema, 0, sizeof *schema);
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
    CHECK(gr_event_add_field(schema, span_of(fields[i].name), fields[i].field) == (int)i);
  CHECK(gr_event_add_row(schema, span_of("sale"), 1, refund_key, 1));
  CHECK(gr_event_add_row(schema, span_of("refund"), 1, refund_key, 2));
  CHECK(gr_event_add_row(schema, span_of("subscription_updated"), 3, updated_key, 2));
}

/* Whether the text is in the decoded bytes, or one of our own. */
static void check_text (gr_span text, const char *decoded, size_t size) {
  if (text.len == 3 && memcmp(text.text, "nil", 3) == 0) return;
  CHECK(text.text >= decoded && text.len <= size && (size_t)(text.text - decoded) <= size - text.len);
}

static void check_event (gr_event *event, const char *decoded, size_t size) {
  gr_span id = {NULL, 0};
  gr_event_verdict verdict = gr_event_decide(event);
  CHECK(event->retry_count >= 0 && event->shadowed_count <= event->schema->field_count);
  for (int i = 0; i < event->shadowed_count; i++) {
    int field = event->shadowed[i];
    CHECK(gr_event_is_shadowed(event, field) && (i == 0 || event->shadowed[i - 1] < field));
    CHECK(event->values[field].text.len == event->custom[field].text.len);
  }
  if (verdict != GR_EVENT_GOOD) {
    CHECK(event->fault >= 0 && event->fault < event->schema->field_count);
    return;
  }
  gr_event_naming naming = gr_event_name(event, &id);
  CHECK((naming == GR_EVENT_BY_ID) == !gr_event_is_shadowed(event, event->row->key[0]));
  if (naming != GR_EVENT_BY_DIGEST) check_text(id, decoded, size);
  if (gr_event_subscription(event, &id)) {
    CHECK(id.len > 0 && !gr_event_is_shadowed(event, event->roles->subscription_id));
    check_text(id, decoded, size);
  }
  for (int i = 0; i < event->row->key_len; i++) {
    gr_event_key_text(event, event->row->key[i], &id);
    check_text(id, decoded, size);
  }
}

/* Gives the fields to an event, from the first or from the last. Returns whether none came twice. */
static int take_all (gr_event *event, gr_span (*parts)[GR_FORM_MAXPARTS], const size_t *counts,
  const gr_form_field *fields, size_t n, int backwards) {
  int seen = 0;
  for (size_t i = 0; i < n; i++) {
    size_t at = backwards ? n - 1 - i : i;
    int64_t number = 0;
    if (counts[at] > GR_FORM_MAXPARTS) continue;
    int field = gr_event_take(event, parts[at], counts[at], fields[at].value, &seen);
    CHECK(field >= -1 && field < event->schema->field_count);
    if (field < 0) continue;
    gr_event_result result = gr_event_convert(&event->schema->fields[field], fields[at].value, &number);
    CHECK(result != GR_EVENT_NUMBER
      || (number < INT64_C(1000000000000000) && number > -INT64_C(100000000000000)));
    CHECK(result != GR_EVENT_NULL || fields[at].value.len == 0);
  }
  return !seen;
}

static void read_body (
  const gr_event_schema *schema, const gr_event_row *row, const char *body, size_t size) {
  static gr_span parts[MOST][GR_FORM_MAXPARTS];
  static gr_event event, again;
  gr_form_field fields[MOST];
  size_t counts[MOST];
  char *copy = (char *)malloc(size + GR_FORM_PADDING), *decoded = (char *)malloc(size + GR_FORM_PADDING);
  CHECK(copy != NULL && decoded != NULL);
  if (size > 0) memcpy(copy, body, size);
  gr_form form;
  gr_form_begin(&form, copy, size, decoded);
  size_t n = gr_form_read(&form, fields, MOST);
  for (size_t i = 0; i < n; i++) counts[i] = gr_form_split(&fields[i], parts[i]);
  gr_event_begin(&event, schema, row);
  gr_event_begin(&again, schema, row);
  int is_plain = take_all(&event, parts, counts, fields, n, 0);
  is_plain &= take_all(&again, parts, counts, fields, n, 1);
  check_event(&event, decoded, size);
  check_event(&again, decoded, size);
  if (is_plain) { /* the order of the fields makes no difference */
    char digests[2][GR_EVENT_DIGITS];
    gr_event_digest(&event, digests[0]);
    gr_event_digest(&again, digests[1]);
    CHECK(strcmp(digests[0], digests[1]) == 0 && event.fault == again.fault);
    CHECK(event.is_test == again.is_test && event.retry_count == again.retry_count);
    CHECK(event.shadowed_count == again.shadowed_count);
  }
  free(copy);
  free(decoded);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  static gr_event_schema schema;
  if (schema.row_count == 0) fill(&schema);
  for (int i = 0; i < schema.row_count; i++) read_body(&schema, &schema.rows[i], (const char *)data, size);
  return 0;
}
