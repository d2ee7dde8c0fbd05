/* The gate: whether a request may in, by its head alone. */
#include "gate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "secret.h"
#include "text.h"

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"
#define SHOWN 60        /* characters of the sender's text that a reason shows ... */
#define SHOWN_SIZE 68   /* ... and room for them, the last one's escape, "..." and a zero */

static int is_blank (char ch) {
  return ch == ' ' || (ch >= '\t' && ch <= '\r');
}

/* The media type in front of the parameters; moves *s to its beginning. */
static size_t media_type (const char **s, size_t len) {
  const char *end = *s + len, *p;
  while (*s < end && is_blank(**s)) (*s)++;
  for (p = *s; p < end && *p != ';' && !is_blank(*p); p++) ;
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
  snprintf(refusal->reason, GR_REASON_SIZE, "method %s, not POST", show(head->method, head->method_len, shown));
  return 1;
}

static int refuse_length (const gr_expected *expected, const gr_head *head, gr_refusal *refusal) {
  refusal->status = 413;
  snprintf(refusal->reason, GR_REASON_SIZE, "a body of %" PRIu64 " bytes, more than %" PRIu64,
           head->length, expected->max_body);
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
  if (expected->target != NULL
      && !gr_equal(head->target, head->target_len, expected->target, expected->target_len))
    return refuse_target(refusal);
  if (head->method_len != 4 || memcmp(head->method, "POST", 4) != 0) return refuse_method(head, refusal);
  if (expected->max_body > 0 && head->length != GR_LENGTH_UNKNOWN && head->length > expected->max_body)
    return refuse_length(expected, head, refusal);
  if (!gr_equal_nocase(type, type_len, FORM, sizeof FORM - 1)
      && !gr_equal_nocase(type, type_len, JSON, sizeof JSON - 1))
    return refuse_type(type, type_len, refusal);
  return 0;
}
