/* core.file_stat */
#include "core.h"
#include "file.h"

#include <stdio.h>
#include <string.h>

/* core.file_stat(path) -> size, changed | nil, "file", message
** Returns the size of a regular file in bytes, and the time of its last change as text, because the
** nanoseconds do not fit into a number. The text is for comparing, not for reading. */
static int l_file_stat (lua_State *L) {
  size_t len;
  const char *path = luaL_checklstring(L, 1, &len);
  off_t size;
  struct timespec changed;
  char text[48];
  luaL_argcheck(L, strlen(path) == len, 1, "the path has a NUL");
  const char *wrong = gr_file_stat(path, &size, &changed);
  if (wrong != NULL) return gr_fail(L, "file", lua_pushfstring(L, "cannot read %s: %s", path, wrong));
  snprintf(text, sizeof text, "%lld.%09ld", (long long)changed.tv_sec, (long)changed.tv_nsec);
  gr_pushcount(L, size);
  lua_pushstring(L, text);
  return 2;
}

static const luaL_Reg functions[] = {{"file_stat", l_file_stat}, {NULL, NULL}};

void gr_open_file (lua_State *L) {
  gr_setfuncs(L, functions);
}
