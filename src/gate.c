/* The gate: decides from the head of a request alone whether it is let in. */
#include "gate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "secret.h"
#include "text.h"

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"
#define SHOWN 60 /* longest part of the sender's text that a reason shows ... */
#define SHOWN_SIZE 68 /* ... and room for them, an escape for the last one, "..." and a zero */

/* == What proxies change in a target == */

static int is_segment (const char *s, size_t len, const char *wanted) {
  return len == strlen(wanted) && memcmp(s, wanted, len) == 0;
}

/* Returns the length of the path without its last segment if that is ".", and without the segment before it
** too if it is "..". */
static size_t end_segment (const char *path, size_t len) {
  size_t start = len;
  while (start > 0 && path[start - 1] != '/') start--;
  if (is_segment(path + start, len - start, ".")) return start;
  if (!is_segment(path + start, len - start, "..")) return len;
  if (start > 1) start--; /* the slash after the previous segment */
  while (start > 0 && path[start - 1] != '/') start--;
  return start;
}

/* Returns the byte of an escape at the beginning of [s, end), or -1. */
static int escaped (const char *s, const char *end) {
  if (end - s < 3 || *s != '%') return -1;
  int high = gr_hex(s[1]), low = gr_hex(s[2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Appends a byte of the target to 'out'. A byte in 'kept', which would change its meaning unescaped, stays
** escaped. */
static size_t put (char *out, size_t len, int byte, const char *kept) {
  static const char digits[] = "0123456789ABCDEF";
  if (byte == '\0' || strchr(kept, byte) == NULL) {
    out[len++] = (char)byte;
    return len;
  }
  out[len++] = '%';
  out[len++] = digits[byte >> 4];
  out[len++] = digits[byte & 15];
  return len;
}

static size_t put_path (const char *s, const char *end, char *out) {
  size_t len = 0;
  while (s < end) {
    int byte = escaped(s, end);
    int is_escape = byte >= 0;
    if (!is_escape) byte = (unsigned char)*s;
    s += is_escape ? 3 : 1;
    if (byte == '/') len = end_segment(out, len);
    if (byte == '/' && len > 0 && out[len - 1] == '/') continue;
    len = put(out, len, byte, "?");
  }
  return end_segment(out, len);
}

static size_t put_query (const char *s, const char *end, char *out) {
  size_t len = 0;
  while (s < end) {
    int byte = escaped(s, end);
    if (byte >= 0) {
      len += put(out + len, 0, byte, "&=;+%");
      s += 3;
    }
    else out[len++] = *s++;
  }
  return len;
}

/* Writes the target in a form that does not depend on what proxies did to it on its way: they decode
** escapes, encode what they think should be encoded, merge slashes and resolve dots. Escapes that separate
** something in a query keep their meaning. Writes at most 'len' bytes and returns their number. */
static size_t normalize (const char *target, size_t len, char *out) {
  const char *end = target + len, *query = (const char *)memchr(target, '?', len);
  size_t written = put_path(target, query != NULL ? query : end, out);
  if (query == NULL) return written;
  out[written++] = '?';
  return written + put_query(query + 1, end, out + written);
}

/* The time this takes does not depend on the bytes of the expected target. */
static int is_target (const gr_expected *expected, const char *target, size_t len) {
  char wanted[GR_TARGET_SIZE], got[GR_TARGET_SIZE];
  if (len > GR_TARGET_SIZE || expected->target_len > GR_TARGET_SIZE) return 0;
  size_t wanted_len = normalize(expected->target, expected->target_len, wanted);
  return gr_equal(got, normalize(target, len, got), wanted, wanted_len);
}

/* == Refusals == */

static int is_blank (char ch) {
  return ch == ' ' || (ch >= '\t' && ch <= '\r');
}

/* Finds the media type before the parameters, moves *s to its beginning and returns its length. */
static size_t media_type (const char **s, size_t len) {
  const char *end = *s + len, *p;
  while (*s < end && is_blank(**s)) (*s)++;
  for (p = *s; p < end && *p != ';' && !is_blank(*p); p++)
    ;
  return (size_t)(p - *s);
}

/* Writes the beginning of the sender's text as printable ASCII. */
static const char *show (const char *s, size_t len, char shown[SHOWN_SIZE]) {
  size_t at = 0, i = 0;
  for (; i < len && at < SHOWN; i++) {
    unsigned char byte = (unsigned char)s[i];
    if (byte > ' ' && byte < 127 && byte != '\\') shown[at++] = (char)byte;
    else at += (size_t)snprintf(shown + at, 5, "\\x%02X", byte);
  }
  strcpy(shown + at, i < len ? "..." : "");
  return shown;
}

static int refuse_method (const gr_head *head, gr_refusal *refusal) {
  char shown[SHOWN_SIZE];
  refusal->status = 405;
  snprintf(
    refusal->reason, GR_REASON_SIZE, "method %s, not POST", show(head->method, head->method_len, shown));
  return 1;
}

static int refuse_length (const gr_expected *expected, const gr_head *head, gr_refusal *refusal) {
  refusal->status = 413;
  snprintf(refusal->reason, GR_REASON_SIZE, "a body of %" PRIu64 " bytes, more than %" PRIu64, head->length,
    expected->max_body);
  return 1;
}

static int refuse_type (const char *type, size_t len, gr_refusal *refusal) {
  char shown[SHOWN_SIZE];
  refusal->status = 400;
  snprintf(refusal->reason, GR_REASON_SIZE, "the content type is %s; Gumroad sends " FORM,
    len == 0 ? "missing" : show(type, len, shown));
  return 1;
}

static int refuse_target (gr_refusal *refusal) {
  refusal->status = 404;
  strcpy(refusal->reason, "wrong path or secret");
  return 1;
}

int gr_gate_head (const gr_expected *expected, const gr_head *head, gr_refusal *refusal) {
  const char *type = head->content_type != NULL ? head->content_type : "";
  size_t type_len = media_type(&type, head->content_type != NULL ? head->content_type_len : 0);
  if (expected->target != NULL && !is_target(expected, head->target, head->target_len))
    return refuse_target(refusal);
  if (head->method_len != 4 || memcmp(head->method, "POST", 4) != 0) return refuse_method(head, refusal);
  if (expected->max_body > 0 && head->length != GR_LENGTH_UNKNOWN && head->length > expected->max_body)
    return refuse_length(expected, head, refusal);
  if (!gr_equal_nocase(type, type_len, FORM, sizeof FORM - 1)
    && !gr_equal_nocase(type, type_len, JSON, sizeof JSON - 1))
    return refuse_type(type, type_len, refusal);
  return 0;
}
