/* What a ping's fields mean, without Lua. */
#include "event.h"

#include <stdio.h>
#include <string.h>

#define SPAN(literal) ((gr_span){(char *)(uintptr_t)(literal), sizeof(literal) - 1})

static int same (gr_span a, gr_span b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.text, b.text, a.len) == 0);
}

/* == The schema == */

/* The length and four bytes of a name tell nearly all of an object apart. */
static inline uint32_t hash (int object, gr_span name) {
  const unsigned char *s = (const unsigned char *)name.text;
  uint64_t sample = (uint64_t)object << 40;
  if (name.len > 0)
    sample ^= (uint64_t)name.len << 32 | (uint32_t)s[0] << 24 | (uint32_t)s[name.len - 1] << 16
      | (uint32_t)s[name.len / 2] << 8 | s[name.len / 4];
  return (uint32_t)(sample * UINT64_C(0x9E3779B97F4A7C15) >> 40);
}

static int is_called (const gr_event_schema *schema, int field, gr_span name) {
  const gr_event_field *f = &schema->fields[field];
  return f->name_len == name.len && memcmp(schema->names + f->name, name.text, name.len) == 0;
}

int gr_event_find (const gr_event_schema *schema, int object, gr_span name) {
  for (uint32_t slot = hash(object, name);; slot++) {
    int field = schema->slots[slot % GR_EVENT_SLOTS] - 1;
    if (field < 0) return -1;
    if (schema->fields[field].object == object && is_called(schema, field, name)) return field;
  }
}

int gr_event_add_field (gr_event_schema *schema, gr_span name, gr_event_field field) {
  int index = schema->field_count;
  if (index == GR_EVENT_MAXFIELDS || field.object >= GR_EVENT_MAXOBJECTS) return -1;
  if (name.len + 1 > (size_t)(GR_EVENT_MAXNAMES - schema->names_len)) return -1;
  field.name = (uint16_t)schema->names_len;
  field.name_len = (uint16_t)name.len;
  memcpy(schema->names + schema->names_len, name.text, name.len);
  schema->names_len += (int)name.len + 1;
  schema->fields[index] = field;
  uint32_t slot = hash(field.object, name);
  while (schema->slots[slot % GR_EVENT_SLOTS] != 0) slot++;
  schema->slots[slot % GR_EVENT_SLOTS] = (int16_t)(index + 1);
  schema->field_count++;
  return index;
}

static void find_roles (gr_event_schema *schema, int object) {
  schema->roles[object] = (gr_event_roles){
    .custom_fields = gr_event_find(schema, object, SPAN("custom_fields")),
    .order_number = gr_event_find(schema, object, SPAN("order_number")),
    .resource_name = gr_event_find(schema, object, SPAN("resource_name")),
    .retry_count = gr_event_find(schema, object, SPAN("retry_count")),
    .subscription_id = gr_event_find(schema, object, SPAN("subscription_id")),
    .test = gr_event_find(schema, object, SPAN("test")),
  };
}

int gr_event_add_row (gr_event_schema *schema, gr_span name, int object, const int *key, size_t key_len) {
  gr_event_row *row = &schema->rows[schema->row_count];
  if (schema->row_count == GR_EVENT_MAXROWS || name.len > sizeof row->name || object >= GR_EVENT_MAXOBJECTS
    || key_len < 1 || key_len > GR_EVENT_MAXKEY)
    return 0;
  memcpy(row->name, name.text, name.len);
  row->name_len = (uint8_t)name.len;
  row->object = (uint8_t)object;
  row->key_len = (uint8_t)key_len;
  for (size_t i = 0; i < key_len; i++) row->key[i] = (int16_t)key[i];
  if (schema->newer[object].key_len == 0) {
    schema->newer[object] = *row;
    schema->newer[object].key_len = 1;
    schema->newer[object].name_len = 0;
    find_roles(schema, object);
  }
  schema->row_count++;
  return 1;
}

const gr_event_row *gr_event_find_row (const gr_event_schema *schema, gr_span name) {
  for (int i = 0; i < schema->row_count; i++) {
    const gr_event_row *row = &schema->rows[i];
    if (row->name_len == name.len && memcmp(row->name, name.text, name.len) == 0) return row;
  }
  return NULL;
}

/* == The fields of a ping == */

void gr_event_begin (gr_event *event, const gr_event_schema *schema, const gr_event_row *row) {
  event->schema = schema;
  event->row = row;
  event->roles = &schema->roles[row->object];
  event->type = (gr_span){(char *)(uintptr_t)row->name, row->name_len};
  event->shadowed_count = event->is_test = event->retry_count = 0;
  event->fault = -1;
  memset(event->values, 0, (size_t)schema->field_count * sizeof *event->values);
  event->has_custom = 0;
}

void gr_event_begin_type (gr_event *event, const gr_event_schema *schema, gr_span type, int object) {
  const gr_event_row *row = gr_event_find_row(schema, type);
  gr_event_begin(event, schema, row != NULL ? row : &schema->newer[object]);
  event->type = type;
}

void gr_event_take_custom (gr_event *event, int field, const gr_event_value *value) {
  if (!event->has_custom)
    memset(event->custom, 0, (size_t)event->schema->field_count * sizeof *event->custom);
  event->has_custom = 1;
  event->custom[field] = *value;
}

/* Takes note of a custom field that is called like one of the ping's own. Returns whether it collects
** values. */
static int take_custom (gr_event *event, const gr_span *parts, size_t n, gr_span value) {
  int field = gr_event_find(event->schema, event->row->object, parts[1]);
  if (field < 0) return 0;
  int collects = n > 2 || (event->has_custom && event->custom[field].state != GR_EVENT_ABSENT);
  gr_event_take_custom(event, field, &(gr_event_value){GR_EVENT_IS_TEXT, value});
  return collects;
}

int gr_event_take (gr_event *event, const gr_span *parts, size_t n, gr_span value, int *seen) {
  int object = event->row->object, field = -1;
  for (size_t i = 0; i < n; i++) {
    int found = object > 0 ? gr_event_find(event->schema, object, parts[i]) : -1;
    if (found < 0) {
      if (i == 1 && field == event->roles->custom_fields) *seen |= take_custom(event, parts, n, value);
      return -1;
    }
    field = found;
    gr_event_value *own = &event->values[field];
    int is_leaf = i + 1 == n;
    *seen |= own->state == GR_EVENT_IS_TEXT || (is_leaf && own->state != GR_EVENT_ABSENT);
    *own = is_leaf ? (gr_event_value){GR_EVENT_IS_TEXT, value} : (gr_event_value){.state = GR_EVENT_IS_TABLE};
    object = event->schema->fields[field].child;
  }
  return field;
}

/* Reads up to 15 digits, which every number type of Lua holds, with or without a minus. */
static int read_integer (gr_span text, int64_t *number) {
  size_t i = text.len > 0 && text.text[0] == '-';
  int64_t n = 0;
  if (text.len == i || text.len > 15) return 0;
  for (size_t j = i; j < text.len; j++) {
    if (text.text[j] < '0' || text.text[j] > '9') return 0;
    n = n * 10 + (text.text[j] - '0');
  }
  *number = i > 0 ? -n : n;
  return 1;
}

gr_event_result gr_event_convert (const gr_event_field *field, gr_span text, int64_t *number) {
  if (text.len == 0) return field->is_optional ? GR_EVENT_NULL : GR_EVENT_KEEP;
  if (field->type == GR_EVENT_INTEGER && read_integer(text, number)) return GR_EVENT_NUMBER;
  if (field->type == GR_EVENT_BOOLEAN) {
    if (same(text, SPAN("true"))) return GR_EVENT_TRUE;
    if (same(text, SPAN("false"))) return GR_EVENT_FALSE;
  }
  return GR_EVENT_KEEP;
}

/* == Decisions == */

static int is_equal (const gr_event_value *a, const gr_event_value *b) {
  return a->state > GR_EVENT_IS_TABLE && a->state == b->state && same(a->text, b->text);
}

static int says_true (const gr_event *event, int field) {
  return field >= 0 && !gr_event_is_shadowed(event, field) && event->values[field].state >= GR_EVENT_IS_TEXT
    && event->values[field].state != GR_EVENT_IS_NUMBER && same(event->values[field].text, SPAN("true"));
}

int gr_event_is_shadowed (const gr_event *event, int field) {
  if (!event->has_custom || !event->schema->fields[field].is_open_to_buyer) return 0;
  if (!is_equal(&event->values[field], &event->custom[field])) return 0;
  /* Every ping has a resource_name of its own that wins, except the test ping of the settings page. */
  return field != event->roles->resource_name || says_true(event, event->roles->test);
}

static int retry_count (const gr_event *event) {
  int field = event->roles->retry_count;
  int64_t number = 0;
  if (field < 0 || gr_event_is_shadowed(event, field) || event->values[field].state == GR_EVENT_ABSENT)
    return 0;
  return read_integer(event->values[field].text, &number) && number > 0 && number <= INT16_MAX ? (int)number
                                                                                               : 0;
}

static int is_named (const gr_event *event, int field) {
  return field >= 0 && event->values[field].state >= GR_EVENT_IS_TEXT && event->values[field].text.len > 0
    && !gr_event_is_shadowed(event, field);
}

gr_event_verdict gr_event_decide (gr_event *event) {
  const gr_event_row *row = event->row;
  int id = row->key[0];
  for (int i = 0; event->has_custom && i < event->schema->field_count; i++)
    if (event->custom[i].state != GR_EVENT_ABSENT && gr_event_is_shadowed(event, i))
      event->shadowed[event->shadowed_count++] = (int16_t)i;
  event->is_test = says_true(event, event->roles->test);
  event->retry_count = retry_count(event);
  event->fault = id;
  if (!gr_event_is_shadowed(event, id)
    && (event->values[id].state != GR_EVENT_IS_TEXT || event->values[id].text.len == 0))
    return GR_EVENT_NO_ID;
  for (int i = 1; i < row->key_len; i++) {
    event->fault = row->key[i];
    if (event->values[event->fault].state == GR_EVENT_IS_TABLE) return GR_EVENT_NOT_TEXT;
  }
  event->fault = -1;
  return GR_EVENT_GOOD;
}

gr_event_naming gr_event_name (const gr_event *event, gr_span *id) {
  int field = event->row->key[0];
  *id = event->values[field].text;
  if (!gr_event_is_shadowed(event, field)) return GR_EVENT_BY_ID;
  if (!is_named(event, event->roles->order_number)) return GR_EVENT_BY_DIGEST;
  *id = event->values[event->roles->order_number].text;
  return GR_EVENT_BY_ORDER;
}

int gr_event_subscription (const gr_event *event, gr_span *id) {
  int field = event->roles->subscription_id;
  if (!is_named(event, field)) return 0;
  *id = event->values[field].text;
  return 1;
}

void gr_event_key_text (const gr_event *event, int field, gr_span *text) {
  const gr_event_value *value = &event->values[field];
  int is_null =
    value->state == GR_EVENT_ABSENT || (value->text.len == 0 && event->schema->fields[field].is_optional);
  *text = is_null ? SPAN("nil") : value->text;
}

static uint64_t add_bytes (uint64_t digest, const char *bytes, size_t len) {
  for (size_t i = 0; i < len; i++)
    digest = (digest ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001B3); /* FNV-1a */
  return (digest ^ len) * UINT64_C(0x100000001B3);
}

void gr_event_digest (const gr_event *event, char out[GR_EVENT_DIGITS]) {
  uint64_t sum = 0;
  for (int i = 0; i < event->schema->field_count; i++) {
    const gr_event_value *value = &event->values[i];
    if (value->state < GR_EVENT_IS_TEXT || value->text.len == 0) continue;
    if (i == event->roles->retry_count || gr_event_is_shadowed(event, i)) continue;
    const gr_event_field *field = &event->schema->fields[i];
    uint64_t digest =
      add_bytes(UINT64_C(0xCBF29CE484222325), event->schema->names + field->name, field->name_len);
    sum += add_bytes(digest, value->text.text, value->text.len);
  }
  snprintf(out, GR_EVENT_DIGITS, "%016llx", (unsigned long long)sum);
}
