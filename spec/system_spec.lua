local support = require "support"
local system = require "gumroad.system"

local has_ffi, ffi = pcall(require, "ffi")  -- only LuaJIT can fork from a spec

local function read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read("*a")
  file:close()
  return bytes
end

local function mode(path)
  return support.output("ls -ld '" .. path .. "' | cut -c 1-10")
end

local function files(folder)
  return support.output("ls -A '" .. folder .. "'")
end

-- Returns the output of a program. `before` are shell commands for its process.
local function run(program, before)
  return support.output((before or "") .. support.lua_command(program) .. " 2>&1")
end

describe("gumroad.system", function()
  local folder, remove, path
  before_each(function()
    folder, remove = support.folder()
    path = folder .. "/file"
  end)
  after_each(function() remove() end)

  describe("write_private", function()
    it("writes a file that only its owner can read", function()
      assert.is_true(system.write_private(path, "a\0b\r\n"))
      assert.equal("a\0b\r\n", read(path))
      assert.equal("-rw-------", mode(path))
    end)

    it("replaces a file that others can read with one that they cannot", function()
      os.execute("echo old >" .. path .. "; chmod 644 " .. path)
      assert.is_true(system.write_private(path, "new"))
      assert.equal("new", read(path))
      assert.equal("-rw-------", mode(path))
    end)

    it("keeps an old file complete for whoever has it open", function()
      system.write_private(path, "old")
      local open = io.open(path, "rb")
      system.write_private(path, "new")
      assert.equal("old", open:read("*a"))
      open:close()
    end)

    it("writes large and empty files", function()
      local much = ("0123456789"):rep(300000)
      assert.is_true(system.write_private(path, much))
      assert.equal(much, read(path))
      assert.is_true(system.write_private(path, ""))
      assert.equal("", read(path))
    end)

    it("leaves no other files behind", function()
      system.write_private(path, "bytes")
      assert.equal("file", files(folder))
    end)

    it("keeps the old file and reports it if there is no room", function()
      system.write_private(path, "old")
      local said = run(([[print(require("gumroad.system").write_private(%q, ("x"):rep(100000)))]]):format(path),
        "trap '' XFSZ; ulimit -f 8; ")
      assert.equal("nil\tno_space\t" .. path .. ": File too large", said)
      assert.equal("old", read(path))
      assert.equal("file", files(folder))
    end)

    it("says which folder is missing", function()
      local ok, code, message = system.write_private(folder .. "/none/file", "")
      assert.same({ nil, "not_found", folder .. "/none/file: No such file or directory" }, { ok, code, message })
    end)

    it("does not overwrite a folder", function()
      local ok, code = system.write_private(folder, "")
      assert.same({ nil, "io" }, { ok, code })
      assert.equal("", files(folder))
    end)

    it("raises an error for an invalid path", function()
      assert.has_error(function() system.write_private("", "") end)
      assert.has_error(function() system.write_private("a\0b", "") end)
      assert.has_error(function() system.write_private(path) end)
    end)
  end)

  describe("is_private", function()
    it("is true for what write_private wrote, and false for what others can read or write", function()
      system.write_private(path, "")
      assert.is_true(system.is_private(path))
      for _, others in ipairs { "640", "620", "604", "602" } do
        os.execute("chmod " .. others .. " " .. path)
        assert.is_false(system.is_private(path), others)
      end
    end)

    it("says what is missing", function()
      local private, code, message = system.is_private(path)
      assert.same({ nil, "not_found", path .. ": No such file or directory" }, { private, code, message })
    end)
  end)

  describe("make_folder", function()
    it("creates all missing folders, for their owner only", function()
      assert.is_true(system.make_folder(folder .. "/a/b//c/"))
      assert.equal("drwx------", mode(folder .. "/a"))
      assert.equal("drwx------", mode(folder .. "/a/b/c"))
    end)

    it("does not change an existing folder", function()
      os.execute("mkdir -m 755 " .. path)
      assert.is_true(system.make_folder(path))
      assert.equal("drwxr-xr-x", mode(path))
      assert.is_true(system.make_folder("/"))
    end)

    it("says what is in the way", function()
      system.write_private(path, "")
      local ok, code, message = system.make_folder(path .. "/inner")
      assert.same({ nil, "not_found", path .. "/inner: Not a directory" }, { ok, code, message })
    end)
  end)

  describe("lock", function()
    -- Each process repeatedly increments the number in the file. Without the lock, some increments would be lost.
    local ADDS = [[
      local system = require "gumroad.system"
      for _ = 1, 200 do
        local lock = assert(system.lock(%q))
        local file = io.open(%q)
        local number = file:read("*a")
        file:close()
        file = io.open(%q, "w")
        file:write(tonumber(number) + 1)
        file:close()
        lock:close()
      end]]

    it("lets one process at a time continue", function()
      system.write_private(path, "0")
      local adds = support.lua_command(ADDS:format(folder .. "/lock", path, path))
      support.output(("%s & %s & %s & wait"):format(adds, adds, adds))
      assert.equal("600", read(path))
    end)

    it("ends with the process that held it, however it ends", function()
      run(([[LOCK = require("gumroad.system").lock(%q) os.exit(1)]]):format(path))
      assert.is_userdata(system.lock(path))
    end)

    it("is released when nobody holds it any more", function()
      assert(system.lock(path))
      collectgarbage()
      collectgarbage()
      local lock = assert(system.lock(path))
      lock:close()
      lock:close()
    end)

    it("is not inherited by programs that are started", function()
      local lock = assert(system.lock(path))
      local child = io.popen("read line", "w")
      lock:close()
      assert(system.lock(path)):close()
      child:close()
    end)

    if has_ffi then it("is not let go by a child that was forked", function()
      ffi.cdef "int fork(void); void _exit(int); int waitpid(int, int *, int); int flock(int, int); int fileno(void *);"
      local LOCK_EX_NB = 2 + 4
      local lock = assert(system.lock(path))
      local pid = ffi.C.fork()
      if pid == 0 then
        lock:close()
        ffi.C._exit(0)
      end
      ffi.C.waitpid(pid, nil, 0)
      local other = assert(io.open(path, "w"))
      local function try() return ffi.C.flock(ffi.C.fileno(other), LOCK_EX_NB) == 0 end
      assert.is_false(try())
      lock:close()
      assert.is_true(try())
      other:close()
    end) end

    it("has its own file, which only its owner can read", function()
      assert(system.lock(path)):close()
      assert.equal("-rw-------", mode(path))
    end)

    it("says where it cannot be created", function()
      local lock, code, message = system.lock(folder .. "/none/lock")
      assert.same({ nil, "not_found", folder .. "/none/lock: No such file or directory" }, { lock, code, message })
    end)
  end)

  describe("about terminals #pty", function()
    -- script(1) runs a command on its own terminal.
    local function on_terminal(program)
      local command = "stty cols 93; " .. support.lua_command(program)
      return (support.output("script -qec " .. support.quote(command) .. " /dev/null </dev/null"):gsub("%c+$", ""))
    end

    it("recognizes one and its width", function()
      assert.equal("true\t93", on_terminal [[
        local s = require "gumroad.system" print(s.is_terminal(1), s.terminal_width(1))]])
    end)

    it("recognizes what is not a terminal", function()
      assert.equal("false\tnil", run [[
        local s = require "gumroad.system" print(s.is_terminal(1), s.terminal_width(1))]])
    end)

    it("refuses what is not a descriptor", function()
      assert.has_error(function() system.is_terminal(-1) end)
      assert.has_error(function() system.terminal_width("one") end)
    end)
  end)

  describe("end_on_broken_pipe", function()
    local PRINTS = [[require("gumroad.system").end_on_broken_pipe()
      for i = 1, 1e9 do io.write(i, "\n") end]]

    it("ends a program whose reader has gone, even if SIGPIPE was ignored", function()
      local program = support.lua_command(PRINTS)
      support.output(("trap '' PIPE; (%s; echo $? >%s) | head -n 1"):format(program, path))
      assert.equal("141\n", read(path))  -- 128 and SIGPIPE
    end)
  end)

  describe("signals", function()
    -- A program may send() its process a signal; os.execute would have it ignore SIGINT meanwhile.
    local BEFORE = [[local core, system = require "gumroad.core", require "gumroad.system"
      local function send(name)
        os.execute("{ sleep 0.05; kill -" .. name .. " $PPID; } >/dev/null 2>&1 &")
        local enough = core.now() + 0.15
        while core.now() < enough do end
      end ]]

    -- What a program prints, without the shell's remark that it was ended.
    local function with_signals(program, before)
      local said = run(BEFORE .. "local signals = assert(system.signals()) " .. program, before)
      return (said:gsub("\n[^\n]*Terminated[^\n]*$", ""))
    end

    it("notes SIGTERM, once", function()
      assert.equal("nil SIGTERM true", with_signals [[
        local before = signals:caught() send "TERM"
        print(tostring(before) .. " " .. signals:caught() .. " " .. tostring(type(signals:fd()) == "number"))]])
      assert.equal("SIGTERM", with_signals [[ send "TERM" print(signals:caught()) io.flush() send "TERM"
        print "alive" ]])
    end)

    it("makes its descriptor readable", function()
      assert.equal("nil readable", with_signals [[
        local engine = require("gumroad.core").engine() engine:watch(signals:fd())
        local _, before = engine:step(0) send "TERM" local _, after = engine:step(10)
        print(tostring(before and before[signals:fd()]) .. " " .. after[signals:fd()])]])
    end)

    it("notes that Lua's interpreter was interrupted", function()
      assert.equal("false SIGINT", with_signals [[ local ok = pcall(send, "INT") print(tostring(ok) .. " "
        .. signals:caught()) ]])
    end)

    it("notes Ctrl-C where nobody else handles it", function()
      assert.equal("SIGINT", run(BEFORE .. [[ pcall(send, "INT")
        local signals = system.signals() send "INT" print(signals:caught()) ]]))
    end)

    it("leaves ignored signals alone", function()
      local said = with_signals([[ send "TERM" print(signals:caught()) print "alive" ]], "trap '' TERM; ")
      assert.equal("nil\nalive", said)
    end)

    it("lets the signals end the program again once it is closed or collected", function()
      assert.equal("closed", with_signals [[ signals:close() signals:close() print "closed" io.flush()
        assert(not signals:fd()) send "TERM" print "alive" ]])
      assert.equal("collected", with_signals [[ signals = nil collectgarbage() collectgarbage() print "collected"
        io.flush() send "TERM" print "alive" ]])
    end)

    it("notes them for the first one only where several are open", function()
      assert.equal("SIGTERM nil", with_signals [[
        local second = system.signals() send "TERM"
        print(signals:caught() .. " " .. tostring(second:caught())) ]])
      assert.equal("nil", with_signals [[
        local second = system.signals() signals:close() print(second:caught()) io.flush() send "TERM" print "alive" ]])
    end)
  end)

  describe("raise_descriptor_limit", function()
    it("makes the soft limit the hard one", function()
      local program = [[ print(require("gumroad.system").raise_descriptor_limit()) io.flush() os.execute "ulimit -n" ]]
      local said = run(program, "ulimit -Sn 50; ulimit -Hn 200; ")
      assert.matches("^200%.?0?\n200$", said)
    end)
  end)

  describe("resolve", function()
    it("returns the addresses of a name", function()
      assert.same({ "127.0.0.1" }, system.resolve("127.0.0.1"))
      assert.same({ "::1" }, system.resolve("::1"))
    end)

    it("reports that there is no such name", function()
      local name = ("x"):rep(64)  -- too long for a name, so that no server is asked
      local addresses, code, message = system.resolve(name)
      assert.same({ nil, "not_found" }, { addresses, code })
      assert.truthy(message:find("^" .. name .. ": "))
    end)

    it("refuses an empty name and NUL", function()
      assert.is_false(pcall(system.resolve, ""))
      assert.is_false(pcall(system.resolve, "a\0b"))
    end)
  end)
end)
