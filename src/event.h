/* What a ping's fields mean, without Lua: types, what the buyer may have overwritten, key and subject. It
** works by pointers and lengths and allocates nothing. event_lua.c makes events with it.
**
** A schema is filled once, before the first event. In it, everything that is known about a ping is one list
** of fields, each in an object; a field that holds an object names it. Object 0 is none. */
#ifndef GR_EVENT_H
#define GR_EVENT_H

#include "form.h"

#include <stddef.h>
#include <stdint.h>

#define GR_EVENT_MAXFIELDS 192 /* fields of a schema */
#define GR_EVENT_MAXNAMES 4096 /* bytes of their names, with a zero after each */
#define GR_EVENT_MAXROWS 24 /* sorts of events */
#define GR_EVENT_MAXKEY 8 /* fields of a key */
#define GR_EVENT_MAXOBJECTS 32
#define GR_EVENT_SLOTS 512 /* a power of two, more than twice GR_EVENT_MAXFIELDS */
#define GR_EVENT_DIGITS 17 /* bytes that gr_event_digest writes, with the zero */

typedef enum gr_event_type { GR_EVENT_TEXT, GR_EVENT_INTEGER, GR_EVENT_BOOLEAN } gr_event_type;

typedef struct gr_event_field {
  gr_event_type type;
  uint16_t name, name_len; /* place in the names, and bytes */
  int16_t parent; /* the field that holds this one, or -1 */
  uint8_t object, child; /* the object that has it, and the one that it holds */
  uint8_t is_optional; /* an empty text is null */
  uint8_t is_open_to_buyer; /* a custom field of the same name may have replaced it */
} gr_event_field;

/* A sort of event. */
typedef struct gr_event_row {
  char name[32];
  uint8_t name_len, object, key_len;
  int16_t key[GR_EVENT_MAXKEY]; /* fields; the first is the id */
} gr_event_row;

/* The fields of a ping that the code here reads, by index, or -1. */
typedef struct gr_event_roles {
  int custom_fields, order_number, resource_name, retry_count, subscription_id, test;
} gr_event_roles;

typedef struct gr_event_schema {
  int field_count, row_count, names_len;
  gr_event_field fields[GR_EVENT_MAXFIELDS];
  gr_event_row rows[GR_EVENT_MAXROWS];
  gr_event_row newer[GR_EVENT_MAXOBJECTS]; /* by object: for events that no row names */
  gr_event_roles roles[GR_EVENT_MAXOBJECTS]; /* of the objects that rows name */
  int16_t slots[GR_EVENT_SLOTS]; /* by hash: index of a field plus 1 */
  char names[GR_EVENT_MAXNAMES];
} gr_event_schema;

/* Adds a field; 'parent' is the field that holds 'object', or -1. The fields of one object must be added in
** the order of their names. Returns its index, or -1 if there is no room. */
int gr_event_add_field (gr_event_schema *schema, gr_span name, gr_event_field field);

/* Adds a sort of event, after the fields of its object. Returns 0 if there is no room. */
int gr_event_add_row (gr_event_schema *schema, gr_span name, int object, const int *key, size_t key_len);

/* Returns the index of a field, or -1. */
int gr_event_find (const gr_event_schema *schema, int object, gr_span name);

/* Returns the row of that name, or NULL. */
const gr_event_row *gr_event_find_row (const gr_event_schema *schema, gr_span name);

/* What a field of a ping holds. Only JSON has numbers and booleans. */
typedef enum gr_event_state {
  GR_EVENT_ABSENT,
  GR_EVENT_IS_TABLE,
  GR_EVENT_IS_TEXT,
  GR_EVENT_IS_NUMBER,
  GR_EVENT_IS_BOOLEAN
} gr_event_state;

typedef struct gr_event_value {
  gr_event_state state;
  gr_span text; /* of all but tables */
} gr_event_value;

/* One ping while it is read. The texts are the caller's and must outlive it. */
typedef struct gr_event {
  const gr_event_schema *schema;
  const gr_event_row *row;
  const gr_event_roles *roles;
  gr_span type;
  gr_event_value values[GR_EVENT_MAXFIELDS]; /* by field */
  int has_custom; /* whether anything is in: */
  gr_event_value custom[GR_EVENT_MAXFIELDS]; /* the custom field that has the name of a field */
  /* what gr_event_decide finds: */
  int is_test, retry_count, shadowed_count, fault;
  int16_t shadowed[GR_EVENT_MAXFIELDS];
} gr_event;

/* Begins a ping of a sort. The type is the row's name. */
void gr_event_begin (gr_event *event, const gr_event_schema *schema, const gr_event_row *row);

/* Begins a ping of a type that may be newer than the schema: then it is about 'object'. */
void gr_event_begin_type (gr_event *event, const gr_event_schema *schema, gr_span type, int object);

/* Takes note of a field of a form, given by its parts. Returns -1 for a field that is not in the schema or
** holds no text; otherwise its index, and sets '*seen' if the form has had the field before, which collects
** values and is not for the schema. */
int gr_event_take (gr_event *event, const gr_span *parts, size_t n, gr_span value, int *seen);

typedef enum gr_event_result {
  GR_EVENT_KEEP, /* the text itself */
  GR_EVENT_NULL,
  GR_EVENT_NUMBER,
  GR_EVENT_TRUE,
  GR_EVENT_FALSE
} gr_event_result;

/* Reads a text as the field's type says. What does not fit stays a text, so nothing is lost. */
gr_event_result gr_event_convert (const gr_event_field *field, gr_span text, int64_t *number);

/* Takes note of a custom field that has the name of a field. */
void gr_event_take_custom (gr_event *event, int field, const gr_event_value *value);

/* Whether what the buyer typed is where the field should be. */
int gr_event_is_shadowed (const gr_event *event, int field);

typedef enum gr_event_verdict {
  GR_EVENT_GOOD,
  GR_EVENT_NO_ID, /* the field 'fault' is missing or holds no text */
  GR_EVENT_NOT_TEXT /* the field 'fault' of the key holds a table */
} gr_event_verdict;

/* Decides what the ping is, when all its fields are known. No shadowed field has a say. */
gr_event_verdict gr_event_decide (gr_event *event);

/* Where the id of a sale comes from. */
typedef enum gr_event_naming {
  GR_EVENT_BY_ID,
  GR_EVENT_BY_ORDER, /* the id is shadowed: its order_number */
  GR_EVENT_BY_DIGEST /* both are: gr_event_digest */
} gr_event_naming;

/* Finds what names the sale or subscription of a key. */
gr_event_naming gr_event_name (const gr_event *event, gr_span *id);

/* Whether the ping names a subscription that it belongs to, and sets '*id'. */
int gr_event_subscription (const gr_event *event, gr_span *id);

/* Finds the text of a field of the key; "nil" if it is absent. */
void gr_event_key_text (const gr_event *event, int field, gr_span *text);

/* Writes 16 hexadecimal digits that two deliveries of an event have in common: of all known fields that are
** neither shadowed nor the count of deliveries, in no order. */
void gr_event_digest (const gr_event *event, char out[GR_EVENT_DIGITS]);

#endif
