/* Fuzzes with a target in Lua. TARGET is the name of a file that returns a function, which gets the input
** as a string and raises when it finds something. If it returns true, the Lua state is closed, and the next
** input gets a new one. libFuzzer also sees which lines of Lua run, so that it looks for inputs that reach
** other lines. */
#include "fuzz.h"

#include <fcntl.h>
#include <unistd.h>
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

#include "module.h"

enum { HANDLER = 1, RUN = 2, COUNTERS = 1 << 14 }; /* two stack indices */

/* libFuzzer counts these like the counters that the compiler makes. */
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t counters[COUNTERS];

static lua_State *state;
static const char *last_source;
static int first_free; /* the lowest descriptor that was free before the state was made */

/* Returns the same hash for a file in each run. */
static uint32_t hash_of (const char *source) {
  static uint32_t hash;
  if (source == last_source) return hash;
  hash = 0;
  for (const char *s = source; *s != '\0'; s++) hash = hash * 31 + (unsigned char)*s;
  last_source = source;
  return hash;
}

static void on_line (lua_State *L, lua_Debug *ar) {
  if (lua_getinfo(L, "S", ar) == 0) return;
  uint32_t place = hash_of(ar->source) + (uint32_t)ar->currentline;
  counters[(place * 2654435761u >> 7) % COUNTERS]++;
}

static void check (int status) {
  if (status == 0) return;
  fprintf(stderr, "%s: %s\n", TARGET, lua_tostring(state, -1));
  abort();
}

static void preload (const char *name, lua_CFunction open) {
  lua_getglobal(state, "package");
  lua_getfield(state, -1, "preload");
  lua_pushcfunction(state, open);
  lua_setfield(state, -2, name);
  lua_pop(state, 2);
}

static int lowest_free (void) {
  int fd = open("/dev/null", O_RDONLY);
  CHECK(fd >= 0);
  close(fd);
  return fd;
}

static void open_state (void) {
  first_free = lowest_free();
  state = luaL_newstate();
  CHECK(state != NULL);
  luaL_openlibs(state);
  preload("gumroad.core", luaopen_gumroad_core);
  preload("gumroad.listener", luaopen_gumroad_listener);
  lua_getglobal(state, "debug");
  lua_getfield(state, -1, "traceback");
  lua_replace(state, HANDLER);
  check(luaL_loadfile(state, TARGET));
  check(lua_pcall(state, 0, 1, HANDLER));
  lua_sethook(state, on_line, LUA_MASKLINE, 0);
}

static void close_state (void) {
  if (state != NULL) lua_close(state);
  state = NULL;
  last_source = NULL;
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  static int registered;
  if (!registered) registered = atexit(close_state) == 0;
  if (state == NULL) open_state();
  lua_pushvalue(state, RUN);
  lua_pushlstring(state, (const char *)data, size);
  check(lua_pcall(state, 1, 1, HANDLER));
  int is_over = lua_toboolean(state, -1);
  lua_pop(state, 1);
  if (!is_over) return 0;
  close_state();
  CHECK(lowest_free() == first_free);
  return 0;
}
