/* gumroad.core: the C core. It moves bytes, checks them and keeps secrets. The Lua code above it knows what
** they mean to Gumroad. */
#include "clock.h"
#include "core.h"

#include <string.h>
#include <dlfcn.h>

/* core.now() -> seconds on a clock that is never set back. Only differences between two values mean
** something. */
static int l_now (lua_State *L) {
  lua_pushnumber(L, gr_now());
  return 1;
}

/* core.keep_loaded(function): keeps the module that contains a C function loaded until the process ends.
** The Makefile does the same for our own modules. */
static int l_keep_loaded (lua_State *L) {
  lua_CFunction function = lua_tocfunction(L, 1);
  luaL_argcheck(L, function != NULL, 1, "a C function expected");
#ifdef RTLD_NODELETE
  Dl_info module;
  void *address, *handle = NULL;
  memcpy(&address, &function, sizeof address);
  if (dladdr(address, &module) != 0)
    handle = dlopen(module.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  if (handle != NULL) dlclose(handle);
#endif
  return 0;
}

static const luaL_Reg functions[] = {{"keep_loaded", l_keep_loaded}, {"now", l_now}, {NULL, NULL}};

GR_EXPORT int luaopen_gumroad_core (lua_State *L) {
  lua_newtable(L);
  gr_setfuncs(L, functions);
  gr_open_event(L);
  gr_open_file(L);
  gr_open_form(L);
  gr_open_gate(L);
  gr_open_json(L);
  gr_open_json_write(L);
  gr_open_secret(L);
  gr_open_response(L);
  gr_open_engine(L);
  return 1;
}
