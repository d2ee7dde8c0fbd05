--- What to do when the library's C modules do not load.
local c_modules = {}

local IS_JIT = rawget(_G, "jit") ~= nil
local VERSION = _VERSION:match "%d%.%d"

local ADVICE = ("gumroad's C modules are missing, or were built for another Lua: build them for %s with make LUA=%s, "
  .. "or with luarocks --lua-version %s make"):format(IS_JIT and "LuaJIT" or _VERSION,
    IS_JIT and "luajit" or "lua" .. VERSION, VERSION)

-- Those that every command needs. The library itself needs only gumroad.core.
local NAMES = { ["gumroad.core"] = true, ["gumroad.system"] = true }

--- Says in one line what to do, for a text that `require` or load_core raised; nil for any other text.
function c_modules.advice(text)
  if text:sub(1, #ADVICE) == ADVICE then return text end
  if NAMES[text:match("module '([^'\n]+)' not found:")] then return ADVICE end
  local name, at = text:match("error loading module '([^'\n]+)' from file '()")
  if not NAMES[name] then return nil end
  local line_end = text:find("\n", at, true)  -- behind which the loader says why
  return line_end and ("%s (%s)"):format(ADVICE, text:match("^%s*([^\n]*)", line_end)) or ADVICE
end

--- Returns gumroad.core, or raises one line that says what to do. What a program loads first of the library calls this.
function c_modules.load_core()
  local ok, core = pcall(require, "gumroad.core")
  if not ok then error(c_modules.advice(tostring(core)) or core, 0) end
  return core
end

return c_modules
