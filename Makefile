# make LUA=lua5.1 | lua5.2 | lua5.3 | lua5.4 (default) | luajit
LUA ?= lua5.4
PKG_CONFIG ?= pkg-config
CC ?= gcc
BUILD ?= build/$(LUA)

LUA_CFLAGS ?= $(shell $(PKG_CONFIG) --cflags $(LUA))
CURL_CFLAGS ?= $(shell $(PKG_CONFIG) --cflags libcurl)
CURL_LIBS ?= $(shell $(PKG_CONFIG) --libs libcurl)
MHD_CFLAGS ?= $(shell $(PKG_CONFIG) --cflags libmicrohttpd 2>/dev/null)
MHD_LIBS ?= $(shell $(PKG_CONFIG) --libs libmicrohttpd 2>/dev/null)

CFLAGS ?= -O2 -g
WARNINGS = -std=c11 -Wall -Wextra -Wpedantic
ALL_CFLAGS = $(WARNINGS) -D_GNU_SOURCE -fPIC -fvisibility=hidden $(CFLAGS)

CORE = core form form_lua json secret engine request poller
LISTENER = listener

all: $(BUILD)/gumroad/core.so $(if $(MHD_LIBS),$(BUILD)/gumroad/listener.so)

$(BUILD)/obj/%.o: src/%.c $(wildcard src/*.h) | $(BUILD)/obj
	$(CC) $(ALL_CFLAGS) $(LUA_CFLAGS) $(CURL_CFLAGS) $(MHD_CFLAGS) -c -o $@ $<

$(BUILD)/gumroad/core.so: $(CORE:%=$(BUILD)/obj/%.o) | $(BUILD)/gumroad
	$(CC) -shared $(CFLAGS) $(LDFLAGS) -o $@ $^ $(CURL_LIBS)

$(BUILD)/gumroad/listener.so: $(LISTENER:%=$(BUILD)/obj/%.o) | $(BUILD)/gumroad
	$(CC) -shared $(CFLAGS) $(LDFLAGS) -o $@ $^ $(MHD_LIBS)

$(BUILD)/obj $(BUILD)/gumroad:
	mkdir -p $@

clean:
	rm -rf build

.PHONY: all clean
