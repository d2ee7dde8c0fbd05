/* JSON and CSV as bytes, without Lua: texts, numbers, cells. json_write_lua.c walks the tables.
**
** Each function adds to the buffer and returns 0 if there is no memory. */
#ifndef GR_JSON_WRITE_H
#define GR_JSON_WRITE_H

#include "buffer.h"

#include <stdint.h>

/* Writes a text in quotes. Bytes that are not UTF-8 become U+FFFD; control characters and DEL are escaped.
** */
int gr_json_write_text (gr_buffer *out, const gr_memory *memory, const char *s, size_t len);

/* Writes a number with the fewest digits that tell it from all others, or null if JSON cannot hold it. */
int gr_json_write_number (gr_buffer *out, const gr_memory *memory, double number);
int gr_json_write_integer (gr_buffer *out, const gr_memory *memory, int64_t integer);

/* Writes a line end, and two blanks for each level. */
int gr_json_write_indent (gr_buffer *out, const gr_memory *memory, int level);

/* Writes a cell of CSV (RFC 4180), in quotes if it needs them. 'guarded': an apostrophe keeps a spreadsheet
** from running a text as a formula. */
int gr_csv_write_cell (gr_buffer *out, const gr_memory *memory, const char *s, size_t len, int guarded);

#endif
