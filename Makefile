# gumroad for Lua
#
#   make demo      runs the demo; installs what is missing first (Debian, Ubuntu)
#   make test      runs the specs on one Lua; make test-all runs them on every Lua that is found
#   make           builds for one Lua: make LUA=lua5.1 | lua5.2 | lua5.3 | lua5.4 | luajit
#   make install   installs into PREFIX, DESTDIR, INST_LUADIR, INST_LIBDIR and INST_BINDIR
#   make types     generates library/gumroad.lua, the types for editors
#   make unicode   generates lua/gumroad/cli/output/unicode.lua, widths of characters, from Debian's unicode-data
#   make doc       generates the reference: build/doc/index.html
#   make openapi   describes Gumroad's API as OpenAPI 3.1: build/openapi.json; make openapi-check validates it
#   make attack    attacks the listener and the client on loopback; SHORT=1 takes under a minute
#   make lint check-lua-h sanitize valgrind fuzz soak bench clean

LUA ?= lua5.4
LUAS = lua5.1 lua5.2 lua5.3 lua5.4 luajit
PKG_CONFIG ?= pkg-config
BUILD ?= build/$(LUA)
PREFIX ?= /usr/local

LUA_VERSION = $(if $(findstring luajit,$(LUA)),5.1,$(LUA:lua%=%))
INST_LUADIR ?= $(PREFIX)/share/lua/$(LUA_VERSION)
INST_LIBDIR ?= $(PREFIX)/lib/lua/$(LUA_VERSION)
INST_BINDIR ?= $(PREFIX)/bin
INTERPRETER ?= $(shell command -v $(LUA))

LUA_CFLAGS ?= $(shell $(PKG_CONFIG) --cflags $(LUA) 2>/dev/null)
CURL_CFLAGS ?= $(shell $(PKG_CONFIG) --cflags libcurl 2>/dev/null)
CURL_LIBS ?= $(shell $(PKG_CONFIG) --libs libcurl 2>/dev/null)
MHD_CFLAGS ?= $(shell $(PKG_CONFIG) --cflags libmicrohttpd 2>/dev/null)
MHD_LIBS ?= $(shell $(PKG_CONFIG) --libs libmicrohttpd 2>/dev/null)

CFLAGS ?= -O2 -g
# The warnings of LPeg, except for mixed declarations, and those about conversions.
WARNINGS = -std=c11 -Wall -Wextra -Wpedantic -Waggregate-return -Wbad-function-cast -Wc++-compat -Wcast-align \
  -Wcast-qual -Wconversion -Wdisabled-optimization -Wmissing-prototypes -Wnested-externs \
  -Wpointer-arith -Wredundant-decls -Wshadow -Wsign-compare -Wsign-conversion -Wstrict-prototypes -Wundef \
  -Wwrite-strings $(if $(WERROR),-Werror)
NO_PLT := $(shell $(CC) -Werror -fno-plt -x c -c -o /dev/null /dev/null 2>/dev/null && echo -fno-plt)
ALL_CFLAGS = $(WARNINGS) -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -fPIC $(NO_PLT) -fvisibility=hidden $(CFLAGS)
DARWIN = $(filter Darwin,$(shell uname -s))
SHARED = $(if $(DARWIN),-bundle -undefined dynamic_lookup,-shared)
# The modules stay loaded when a Lua state is closed: Lua 5.1 unloads a module before it runs the finalizers of
# older objects, which may call it, and a thread of libcurl may still be resolving a name.
STAY_LOADED = $(if $(DARWIN),,-Wl,-z,nodelete)
DL_LIBS = $(if $(filter Linux,$(shell uname -s)),-ldl)

# The modules and their objects. If libmicrohttpd is not found or this is not Linux, require "gumroad.listener"
# reports that.
CORE = core module buffer text engine engine_lua request request_lua response response_lua event event_lua file file_lua \
  form form_lua gate gate_lua json json_lua json_write json_write_lua number poller secret secret_lua
LISTENER_FOUND = listener listener_limits listener_lua listener_faults listener_faults_lua gate gate_lua secret \
  module buffer text
LISTENER = $(if $(and $(MHD_LIBS),$(filter Linux,$(shell uname -s))),$(LISTENER_FOUND),listener_missing)
SYSTEM = system system_lua signals module
MODULES = $(BUILD)/gumroad/core.so $(BUILD)/gumroad/listener.so $(BUILD)/gumroad/system.so

all: needed $(MODULES)

# One line for each thing that is missing, before the compiler says it in a hundred.
needed:
	@[ -n "$(LUA_CFLAGS)" ] || $(PKG_CONFIG) --exists $(LUA) 2>/dev/null || { \
	  echo "$(LUA) cannot be built for: pkg-config does not find $(LUA).pc. Install its headers$(HEADERS_OF_$(LUA)), or set LUA_CFLAGS" >&2; exit 1; }
	@[ -n "$(CURL_LIBS)" ] || { \
	  echo "libcurl is missing: install it (on Debian and Ubuntu: apt install libcurl4-openssl-dev)" >&2; exit 1; }
	@[ -n "$(MHD_LIBS)" ] || [ -z "$(filter Linux,$(shell uname -s))" ] || \
	  echo "libmicrohttpd is missing, so gumroad.listener cannot receive webhooks (on Debian and Ubuntu: apt install libmicrohttpd-dev)" >&2

HEADERS_OF_lua5.1 = $(EMPTY) (on Debian and Ubuntu: apt install liblua5.1-0-dev)
HEADERS_OF_lua5.2 = $(EMPTY) (on Debian and Ubuntu: apt install liblua5.2-dev)
HEADERS_OF_lua5.3 = $(EMPTY) (on Debian and Ubuntu: apt install liblua5.3-dev)
HEADERS_OF_lua5.4 = $(EMPTY) (on Debian and Ubuntu: apt install liblua5.4-dev)
HEADERS_OF_luajit = $(EMPTY) (on Debian and Ubuntu: apt install libluajit-5.1-dev)

$(BUILD)/obj/%.o: src/%.c $(wildcard src/*.h)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LUA_CFLAGS) $(CURL_CFLAGS) $(MHD_CFLAGS) -c -o $@ $<

$(BUILD)/gumroad/core.so: $(CORE:%=$(BUILD)/obj/%.o)
	@mkdir -p $(@D)
	$(CC) $(SHARED) $(STAY_LOADED) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(CURL_LIBS) $(DL_LIBS)

$(BUILD)/gumroad/listener.so: $(LISTENER:%=$(BUILD)/obj/%.o)
	@mkdir -p $(@D)
	$(CC) $(SHARED) $(STAY_LOADED) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(MHD_LIBS)

$(BUILD)/gumroad/system.so: $(SYSTEM:%=$(BUILD)/obj/%.o)
	@mkdir -p $(@D)
	$(CC) $(SHARED) $(STAY_LOADED) $(CFLAGS) $(LDFLAGS) -o $@ $^

# Files of an earlier version are removed first: its gumroad/api.lua would hide gumroad/api/init.lua.
install: all
	@[ ! -d "$(DESTDIR)$(INST_LUADIR)/gumroad" ] || (cd "$(DESTDIR)$(INST_LUADIR)/gumroad" && \
	  find . -type f -name '*.lua' | while read -r file; do [ -e "$(CURDIR)/lua/gumroad/$$file" ] || rm -f "$$file"; done)
	@cd lua && for file in $$(find gumroad -name '*.lua'); do \
	  install -d "$(DESTDIR)$(INST_LUADIR)/$$(dirname $$file)" && \
	  install -m 644 $$file "$(DESTDIR)$(INST_LUADIR)/$$file" || exit 1; done
	install -d "$(DESTDIR)$(INST_LUADIR)/gumroad/library"
	install -m 644 library/gumroad.lua "$(DESTDIR)$(INST_LUADIR)/gumroad/library"
	install -d $(DESTDIR)$(INST_LIBDIR)/gumroad
	install -m 755 $(MODULES) $(DESTDIR)$(INST_LIBDIR)/gumroad
	install -d $(DESTDIR)$(INST_BINDIR)
	sed '1s|.*|#!$(INTERPRETER)|' bin/gumroad-lua >$(DESTDIR)$(INST_BINDIR)/gumroad-lua
	chmod 755 $(DESTDIR)$(INST_BINDIR)/gumroad-lua
	@$(MAKE) --no-print-directory -s BUILD=$(BUILD) INTERPRETER=$(INTERPRETER) documents && \
	  for file in $(DOCUMENTS); do \
	    install -d $(DESTDIR)$(PREFIX)/share/$$(dirname $$file) && \
	    install -m 644 $(BUILD)/$$file $(DESTDIR)$(PREFIX)/share/$$file || exit 1; done || \
	  echo "The command was installed without its manual page and completions." >&2

# The manual page and the completions of shells, generated from the tables of the API. Needs lua-argparse.
DOCUMENTS = man/man1/gumroad-lua.1 bash-completion/completions/gumroad-lua zsh/site-functions/_gumroad-lua \
  fish/vendor_completions.d/gumroad-lua.fish
documents: all
	@mkdir -p $(dir $(DOCUMENTS:%=$(BUILD)/%))
	$(INTERPRETER) bin/gumroad-lua manual >$(BUILD)/man/man1/gumroad-lua.1
	$(INTERPRETER) bin/gumroad-lua completion bash >$(BUILD)/bash-completion/completions/gumroad-lua
	$(INTERPRETER) bin/gumroad-lua completion zsh >$(BUILD)/zsh/site-functions/_gumroad-lua
	$(INTERPRETER) bin/gumroad-lua completion fish >$(BUILD)/fish/vendor_completions.d/gumroad-lua.fish

# Everything below runs the library from the checkout.
export LUA_PATH = $(CURDIR)/lua/?.lua;$(CURDIR)/lua/?/init.lua;$(CURDIR)/spec/?.lua;;
export LUA_CPATH = $(CURDIR)/$(BUILD)/?.so;;
unexport LUA_PATH_5_2 LUA_PATH_5_3 LUA_PATH_5_4 LUA_CPATH_5_2 LUA_CPATH_5_3 LUA_CPATH_5_4
# The specs only reach emulators and peers that they start.
unexport GUMROAD_API_BASE_URL GUMROAD_CA_BUNDLE
TESTED = env -u GUMROAD_ACCESS_TOKEN

BUSTED = $(shell command -v busted)
SPECS ?= spec

demo: export GUMROAD_API_BASE_URL := $(value GUMROAD_API_BASE_URL)
demo:
	@.ci/install build
	@$(MAKE) --no-print-directory -s LUA=lua5.4 all
	@LUA_CPATH="$(CURDIR)/build/lua5.4/?.so;;" lua5.4 examples/demo.lua

# The specs on Lua 5.4, with few packages. What they cannot do without more is said at the end.
test:
	@.ci/install test
	$(MAKE) --no-print-directory -s all
	@if pkg-config --exists luajit; then $(MAKE) --no-print-directory -s LUA=luajit all; fi
	$(MAKE) --no-print-directory check BUSTED_FLAGS=--exclude-tags=$$($(LUA) spec/needs.lua tags)
	$(MAKE) --no-print-directory test-alloc
	@$(LUA) spec/needs.lua words

# The specs, without installing anything.
check: all
	$(TESTED) $(LUA) $(BUSTED) $(BUSTED_FLAGS) $(SPECS)

# All specs on all Luas, with all that they need.
test-all:
	@.ci/install all
	$(MAKE) --no-print-directory -s LUA=luajit all
	@for lua in $(LUAS); do echo "== $$lua"; $(MAKE) --no-print-directory -s LUA=$$lua all check test-alloc || exit 1; done

# Lets each allocation and each descriptor fail in turn; with STRIDE=n, every nth one.
STRIDE ?= 1
$(BUILD)/alloc: spec/alloc/alloc.c
	$(CC) $(ALL_CFLAGS) -fvisibility=default $(LUA_CFLAGS) $(CURL_CFLAGS) -rdynamic -o $@ $< \
	  $(shell $(PKG_CONFIG) --libs $(LUA)) $(CURL_LIBS)

test-alloc: all $(BUILD)/alloc
	$(BUILD)/alloc spec/alloc/script.lua $(STRIDE)

# Which lines of each room the specs run, on Lua 5.4. Lines that are never run are in build/coverage-missed.txt.
# COVERED is the target that runs the specs.
COVERED ?= check
COVERAGE_FLOOR ?= 85
$(BUILD)/coverage.so: spec/coverage/coverage.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LUA_CFLAGS) $(SHARED) -o $@ $<

coverage: $(BUILD)/coverage.so
	@rm -rf build/coverage && mkdir -p build/coverage
	COVERAGE_FOLDER=$(CURDIR)/build/coverage LUA_INIT_5_4='package.loadlib("$(CURDIR)/$<", "luaopen_coverage")()' \
	  $(MAKE) --no-print-directory $(COVERED)
	lua5.4 spec/coverage/report.lua build/coverage $(COVERAGE_FLOOR)

# The specs of the C modules while the collector runs all the time.
COLLECTED = form event json secret request system gate engine listener
collector: all
	$(MAKE) --no-print-directory check BUSTED_FLAGS="--helper=collector --exclude-tags=large,slow,timing" \
	  SPECS="$(COLLECTED:%=spec/%_spec.lua)"

# The half of the poller for BSD and macOS, compiled and run with a stand-in for kqueue.
kqueue:
	$(MAKE) --no-print-directory -s BUILD=build/kqueue/$(LUA) all CFLAGS="$(CFLAGS) -DGR_USE_KQUEUE -Ispec/kqueue"
	$(MAKE) --no-print-directory BUILD=build/kqueue/$(LUA) check SPECS="spec/engine_spec.lua spec/loop_spec.lua spec/client_spec.lua"

# Code that runs in callbacks of libcurl or libmicrohttpd must not be able to call Lua: only X_lua.c and the files
# that open a module may include lua.h.
WITHOUT_LUA = $(filter-out %_lua core listener_missing module,$(sort $(CORE) $(LISTENER) $(SYSTEM)))
check-lua-h:
	@for name in $(WITHOUT_LUA); do \
	  $(CC) $(ALL_CFLAGS) $(LUA_CFLAGS) $(CURL_CFLAGS) $(MHD_CFLAGS) -E -H src/$$name.c 2>&1 >/dev/null | \
	  awk -v chain=src/$$name.c '/^\.+ / { way[length($$1)] = $$2 } /error:/ { print; bad = 1; exit } \
	    /[ \/]lua\.h$$/ { for (i = 1; i <= length($$1); i++) chain = chain " > " way[i]; \
	      print "lua.h is included: " chain; bad = 1; exit } END { exit bad }' || exit 1; done

# The layout of the C files is checked only by the version of clang-format that .clang-format names, because other
# versions differ.
C_FILES = $(wildcard src/*.c src/*.h bench/*.c spec/*/*.c spec/*/*/*.h)
lint:
	luacheck -q lua bin/gumroad-lua spec bench examples doc .luacheckrc
	@for name in clang-format-14 clang-format; do \
	  if $$name --version 2>/dev/null | grep -q 'version 14\.'; then exec $$name --dry-run --Werror $(C_FILES); fi; done; \
	  echo "lint: clang-format 14 is not installed, so the layout of the C files was not checked"

# Checks the spelling in README, the guides and the help with aspell and spec/words.txt.
spelling: all
	$(LUA) spec/spelling.lua

# Generated from lua/gumroad/api/operations.lua and lua/gumroad/api/schema.lua.
types: all
	$(LUA) -e 'io.write(require("doc.types").text())' > build/types.lua
	mv build/types.lua library/gumroad.lua

# Generates the widths of characters from Debian's package unicode-data.
UNICODE ?= /usr/share/unicode
UNICODE_MODULE = lua/gumroad/cli/output/unicode.lua
unicode:
	@[ -d $(UNICODE) ] || { echo "$(UNICODE) is missing: apt install unicode-data" >&2; exit 1; }
	VERSION=$$(dpkg-query -W -f '$${Version}' unicode-data) LUA_PATH="$(CURDIR)/?.lua;$$LUA_PATH" \
	  $(LUA) -e 'io.write(require("doc.unicode").text("$(UNICODE)", os.getenv "VERSION"))' >$(UNICODE_MODULE).new
	mv $(UNICODE_MODULE).new $(UNICODE_MODULE)

openapi: all
	$(LUA) -e 'io.write(require("doc.openapi").text())' > build/openapi.json

VALIDATOR = build/openapi-venv/bin/openapi-spec-validator
$(VALIDATOR):
	python3 -m venv build/openapi-venv
	build/openapi-venv/bin/pip install -q --disable-pip-version-check openapi-spec-validator

openapi-check: openapi $(VALIDATOR)
	$(VALIDATOR) build/openapi.json

doc: all
	@rm -rf build/doc build/reference && mkdir -p build/reference
	$(LUA) -e 'require("doc.reference").write("build/reference")'
	ldoc -q --fatalwarnings -c doc/config.ld .

# A build with AddressSanitizer and UBSan. nginx has its own LuaJIT, which is built without them.
sanitize: export ASAN_OPTIONS = detect_leaks=1
sanitize:
	$(MAKE) --no-print-directory -s LUA=$(LUA) BUILD=build/sanitize/$(LUA) all \
	  CFLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"
	$(MAKE) --no-print-directory LUA=$(LUA) BUILD=build/sanitize/$(LUA) check BUSTED_FLAGS=--exclude-tags=nginx,browser,slow,once,timing,python,rack,unshare \
	  TESTED="env -u GUMROAD_ACCESS_TOKEN LD_PRELOAD=$$($(CC) -print-file-name=libasan.so)"

# The specs that use the C modules most; the others are Lua around them.
VALGRIND_SPECS = $(COLLECTED) base64 client descriptors engine_tls http json_write lifetime loop receiver upload webhook
valgrind: all
	$(MAKE) --no-print-directory LUA=$(LUA) check BUSTED_FLAGS=--exclude-tags=slow,timing \
	  SPECS="$(VALGRIND_SPECS:%=spec/%_spec.lua)" \
	  TESTED="env -u GUMROAD_ACCESS_TOKEN valgrind -q --error-exitcode=9 --leak-check=full \
	    --show-leak-kinds=definite --errors-for-leak-kinds=definite"

# Mistakes that chance finds, from the inputs in spec/fuzz/corpus. fuzz: the targets of libFuzzer,
# FUZZ_SECONDS for each; soak: all that there are, SOAK_SECONDS in all, and a table at the end.
FUZZ_TARGETS = form event json number url gate headers webhook response tables server client lifetimes
FUZZ_SECONDS ?= 60
SOAK_SECONDS ?= 3600
FUZZ_FLAGS = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
FUZZ_CODE = $(patsubst %,$(BUILD)/obj/%.o,$(sort $(CORE) $(LISTENER)))

$(BUILD)/%_fuzz: spec/fuzz/%_fuzz.c spec/fuzz/fuzz.h $(FUZZ_CODE)
	$(CC) $(ALL_CFLAGS) -Isrc $(CURL_CFLAGS) $(LUA_CFLAGS) -fsanitize=fuzzer -o $@ $< $(FUZZ_CODE) \
	  $(CURL_LIBS) $(MHD_LIBS) $(shell $(PKG_CONFIG) --libs $(LUA))

$(BUILD)/%_fuzz: spec/fuzz/%_fuzz.lua spec/fuzz/lua_fuzz.c spec/fuzz/fuzz.h $(FUZZ_CODE)
	$(CC) $(ALL_CFLAGS) -Isrc $(LUA_CFLAGS) -fsanitize=fuzzer -DTARGET='"$<"' -o $@ spec/fuzz/lua_fuzz.c $(FUZZ_CODE) \
	  $(CURL_LIBS) $(MHD_LIBS) $(shell $(PKG_CONFIG) --libs $(LUA))

fuzz-targets: $(FUZZ_TARGETS:%=$(BUILD)/%_fuzz)

FUZZ_BUILD = build/fuzz/$(LUA)
BUILD_FUZZ = $(MAKE) --no-print-directory -s LUA=$(LUA) CC=clang BUILD=$(FUZZ_BUILD) \
  CFLAGS="$(FUZZ_FLAGS) -fsanitize=fuzzer-no-link" fuzz-targets
fuzz:
	@$(BUILD_FUZZ)
	@LUA=$(LUA) lua5.4 spec/fuzz/run.lua $(FUZZ_BUILD) $$(($(FUZZ_SECONDS) * $(words $(FUZZ_TARGETS)))) $(FUZZ_TARGETS)

soak: all
	@$(BUILD_FUZZ)
	@LUA=$(LUA) lua5.4 spec/fuzz/run.lua $(FUZZ_BUILD) $(SOAK_SECONDS) $(FUZZ_TARGETS) json_python form_rack

# Keeps in spec/fuzz/corpus the smallest inputs that reach all that was reached here.
corpus:
	@$(BUILD_FUZZ)
	@for name in $(FUZZ_TARGETS); do \
	  kept=spec/fuzz/corpus/$$name merged=$(FUZZ_BUILD)/merged/$$name; \
	  rm -rf $$merged && mkdir -p $$merged $$kept $(FUZZ_BUILD)/corpus/$$name && \
	  $(FUZZ_BUILD)/$${name}_fuzz -merge=1 -use_counters=0 -max_len=1024 -detect_leaks=0 $$merged $$kept $(FUZZ_BUILD)/corpus/$$name \
	    >$(FUZZ_BUILD)/merge.log 2>&1 && rm -rf $$kept && mv $$merged $$kept || exit 1; done
	@du -sh --apparent-size spec/fuzz/corpus

# Hostile clients and servers on loopback. ATTACKS="WORD ..." chooses those whose names have one of the words. The
# Python is Debian's own because python3-h2 and python3-brotli are made for it.
PYTHON ?= /usr/bin/python3
attack: all
	@$(PYTHON) -c 'import brotli, h2' || { echo "make attack needs python3-h2 and python3-brotli" >&2; exit 1; }
	@LUA=$(LUA) $(TESTED) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) spec/attack/run.py $(if $(filter-out 0,$(SHORT)),--short) $(ATTACKS)

# Each figure compares measurements of the same run. Only figures are written to stdout.
BENCH_MODULES = $(BUILD)/form_baseline.so $(BUILD)/get_baseline.so

$(BUILD)/%_baseline.so: bench/%.c $(BUILD)/obj/form.o
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Isrc $(LUA_CFLAGS) $(CURL_CFLAGS) $(SHARED) -o $@ $^ $(CURL_LIBS)

bench:
	@.ci/install build >&2
	@$(MAKE) --no-print-directory -s all $(BENCH_MODULES) >&2
	@for name in form webhook get each require memory upload command; do \
	  LUA=$(LUA) LUA_PATH="$(CURDIR)/?.lua;$$LUA_PATH" $(TESTED) $(LUA) bench/$$name.lua || exit 1; done

clean:
	rm -rf build

.PHONY: all needed install documents demo test check check-lua-h test-all test-alloc coverage collector kqueue lint spelling types unicode openapi \
  openapi-check doc sanitize valgrind fuzz fuzz-targets soak corpus attack bench clean
