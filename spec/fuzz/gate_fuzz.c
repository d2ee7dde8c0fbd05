/* Fuzzes the gate. The first lines of the input are what is expected, then the method, target and content
** type of a request. The rest says how a proxy changes a target, and makes one. */
#include "fuzz.h"

#include <ctype.h>

#include "gate.h"

enum { TARGET_SIZE = 100 };

static int is_refused (const char *wanted, size_t wanted_len, const char *target, size_t len) {
  static const char type[] = "application/json";
  gr_expected expected = {.target = wanted, .target_len = wanted_len};
  gr_head head = {"POST", target, type, 4, len, sizeof type - 1, 0};
  gr_refusal refusal;
  int refused = gr_gate_head(&expected, &head, &refusal);
  if (refused) CHECK(refusal.status == 404);
  return refused;
}

/* == Any head == */

static void check_reason (const gr_refusal *refusal) {
  CHECK(strnlen(refusal->reason, GR_REASON_SIZE) < GR_REASON_SIZE && refusal->reason[0] != '\0');
  for (const char *s = refusal->reason; *s != '\0'; s++) CHECK(*s >= ' ' && *s < 127);
}

static void check_any (const char **p, const char *end) {
  fuzz_piece wanted = fuzz_line(p, end), method = fuzz_line(p, end), target = fuzz_line(p, end),
             type = fuzz_line(p, end);
  char *copies[] = {fuzz_copy(wanted.text, wanted.len), fuzz_copy(method.text, method.len),
    fuzz_copy(target.text, target.len), fuzz_copy(type.text, type.len)};
  gr_expected expected = {copies[0], wanted.len, 1000};
  gr_head head = {copies[1], copies[2], copies[3], method.len, target.len, type.len, wanted.len * 100};
  gr_refusal refusal = {0};
  if (wanted.len == 0) expected.target = NULL;
  if (type.len == 0) head.content_type = NULL;
  if (gr_gate_head(&expected, &head, &refusal)) {
    CHECK(refusal.status == 404 || refusal.status == 405 || refusal.status == 413 || refusal.status == 400);
    check_reason(&refusal);
  }
  else CHECK(method.len == 4 && memcmp(copies[1], "POST", 4) == 0 && type.len >= 16 && head.length <= 1000);
  if (wanted.len <= GR_TARGET_SIZE) CHECK(!is_refused(copies[0], wanted.len, copies[0], wanted.len));
  for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) free(copies[i]);
}

/* == A target and what proxies make of it == */

static size_t put_text (char *out, size_t len, const char *text) {
  memcpy(out + len, text, strlen(text));
  return len + strlen(text);
}

/* Writes the target as a proxy may send it, using the bytes of 'how' over and over. */
static size_t change (const char *target, size_t len, fuzz_piece how, char *out) {
  size_t written = 0, in_query = 0;
  for (size_t i = 0; i < len; i++) {
    unsigned choice = how.len > 0 ? (unsigned char)how.text[i % how.len] : 0;
    if (target[i] == '?') in_query = 1;
    if (target[i] == '/' && !in_query) {
      static const char *const slashes[] = {"/", "//", "/./", "/x/../", "%2F", "/%2e/", "/x%2fy/../../", "/"};
      written = put_text(out, written, slashes[choice % 8]);
    }
    else if (choice % 3 == 0 && isalnum((unsigned char)target[i]))
      written += (size_t)sprintf(out + written, choice % 2 ? "%%%02x" : "%%%02X", (unsigned char)target[i]);
    else out[written++] = target[i];
  }
  return written;
}

/* Makes a target of letters, digits and separators. The path begins with a slash and does not end with
** another. */
static size_t make_target (const char *p, const char *end, char *out) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~=&/?";
  size_t len = 0;
  out[len++] = '/';
  for (; p < end && len < TARGET_SIZE - 1; p++)
    out[len++] = letters[(unsigned char)*p % (sizeof letters - 1)];
  out[len++] = 'z';
  return len;
}

static void check_changed (fuzz_piece how, const char *p, const char *end) {
  char target[TARGET_SIZE], changed[TARGET_SIZE * 16];
  size_t len = make_target(p, end, target);
  size_t changed_len = change(target, len, how, changed);
  CHECK(!is_refused(target, len, changed, changed_len));
  CHECK(!is_refused(changed, changed_len, target, len));
  size_t at = how.len > 0 ? (unsigned char)how.text[0] % len : 0;
  if (!isalnum((unsigned char)target[at])) return;
  target[at] = target[at] == 'q' ? 'p' : 'q'; /* another letter of the secret, say */
  changed_len = change(target, len, how, changed);
  target[at] = target[at] == 'q' ? 'r' : 'q';
  CHECK(is_refused(target, len, changed, changed_len));
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  const char *p = (const char *)data, *end = p + size;
  check_any(&p, end);
  fuzz_piece how = fuzz_line(&p, end);
  check_changed(how, p, end);
  return 0;
}
