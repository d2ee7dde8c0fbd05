/* Records which lines of the library run: a line hook for Lua 5.4, which LUA_INIT_5_4 loads in every process
** of the suite. A process writes into a shared mapping of its own file in COVERAGE_FOLDER, so that even a
** killed process counts. Coroutines inherit the hook of the thread that creates them. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <lua.h>
#include <lauxlib.h>

enum { MAX_FILES = 400, MAX_LINES = 8192, NAME_SIZE = 120 };

/* The format of the file, which the report reads. */
typedef struct gr_ran {
  char name[NAME_SIZE]; /* the source's name after "lua/gumroad/"; "" if unused */
  unsigned char lines[MAX_LINES]; /* 1: ran */
} gr_ran;

static gr_ran *ran;
static const char *last_source; /* the address of the latest source's name, and its record */
static gr_ran *last_record;
static gr_ran ignored;

static gr_ran *find_record (const char *source, size_t len) {
  static const char prefix[] = "lua/gumroad/";
  char name[NAME_SIZE];
  const char *at = NULL, *end = source + len;
  for (const char *p = source; p + sizeof prefix - 1 <= end; p++)
    if (memcmp(p, prefix, sizeof prefix - 1) == 0) at = p + sizeof prefix - 1;
  if (len == 0 || source[0] != '@' || at == NULL || (size_t)(end - at) >= sizeof name) return &ignored;
  memcpy(name, at, (size_t)(end - at));
  name[end - at] = '\0';
  for (int i = 0; i < MAX_FILES; i++) {
    if (ran[i].name[0] == '\0') memcpy(ran[i].name, name, sizeof name);
    if (strcmp(ran[i].name, name) == 0) return &ran[i];
  }
  return &ignored;
}

/* A source's name may be collected and another one may get its address, so the record is looked up whenever
** the address changes or the names differ. */
static void on_line (lua_State *L, lua_Debug *ar) {
  lua_getinfo(L, "S", ar);
  if (ar->source != last_source) {
    last_source = ar->source;
    last_record = find_record(ar->source, ar->srclen);
  }
  if (ar->currentline > 0 && ar->currentline < MAX_LINES) last_record->lines[ar->currentline] = 1;
}

static gr_ran *map_file (const char *folder) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%ld", folder, (long)getpid());
  int fd = open(path, O_RDWR | O_CREAT, 0600);
  if (fd < 0) return NULL;
  void *mapped = MAP_FAILED;
  if (ftruncate(fd, (off_t)(MAX_FILES * sizeof(gr_ran))) == 0)
    mapped = mmap(NULL, MAX_FILES * sizeof(gr_ran), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  return mapped == MAP_FAILED ? NULL : (gr_ran *)mapped;
}

__attribute__((visibility("default"))) int luaopen_coverage (lua_State *L);

int luaopen_coverage (lua_State *L) {
  const char *folder = getenv("COVERAGE_FOLDER");
  if (folder == NULL) return luaL_error(L, "COVERAGE_FOLDER is not set");
  if (ran == NULL) ran = map_file(folder);
  if (ran == NULL) return 0; /* a spec limits the size of files, so the process does not count */
  lua_sethook(L, on_line, LUA_MASKLINE, 0);
  return 0;
}
