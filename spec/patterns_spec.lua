-- Every Lua pattern in the source is linear by its shape, or is listed below with a reason why it is acceptable.
local shape = require "pattern_shape"
local support = require "support"

local FUNCTIONS = { match = true, gmatch = true, gsub = true, find = true }

-- Returns the position after a string literal that begins at a position, or nil.
local function string_end(source, at)
  local char = source:sub(at, at)
  local long = source:match("^%[(=*)%[", at)
  if long then return (select(2, source:find("]" .. long .. "]", at, true)) or #source) + 1 end
  if char ~= '"' and char ~= "'" then return nil end
  at = at + 1
  while source:sub(at, at) ~= char do at = at + (source:sub(at, at) == "\\" and 2 or 1) end
  return at + 1
end

-- A source without its comments.
local function without_comments(source)
  local out, at = {}, 1
  while at <= #source do
    local behind = string_end(source, at)
    if source:sub(at, at + 1) == "--" then
      local long = string_end(source, at + 2)
      behind = long and source:sub(at + 2, at + 2) == "[" and long or source:find("\n", at, true) or #source + 1
    else
      behind = behind or at + 1
      out[#out + 1] = source:sub(at, behind - 1)
    end
    at = behind
  end
  return table.concat(out)
end

local function trimmed(text) return (text:gsub("^%s+", ""):gsub("%s+$", "")) end

-- Returns the source of the arguments of a call whose parenthesis or only string begins at a position.
local function arguments_at(source, at)
  if source:sub(at, at) ~= "(" then return { source:sub(at, string_end(source, at) - 1) } end
  local arguments, depth, from = {}, 0, at + 1
  while true do
    local char = source:sub(at, at)
    local behind = string_end(source, at)
    if not behind or char == "[" and not source:find("^%[=*%[", at) then
      if char:find("[({]") then depth = depth + 1 elseif char:find("[)}]") then depth = depth - 1 end
      if depth == 0 or depth == 1 and char == "," then
        arguments[#arguments + 1] = trimmed(source:sub(from, at - 1))
        from = at + 1
      end
      if depth == 0 then return arguments end
      behind = at + 1
    end
    at = behind
  end
end

-- Every call of a pattern function in a source: { function, source of the pattern }.
local function calls_in(source)
  source = without_comments(source)
  local calls = {}
  for name, at in source:gmatch(":(%a+)%s*()[(\"']") do
    if FUNCTIONS[name] then
      local arguments = arguments_at(source, at)
      if not (name == "find" and arguments[3] == "true") then calls[#calls + 1] = { name, arguments[1] } end
    end
  end
  return calls
end

-- The value of a pattern that is a single literal, or nil.
local function literal(written)
  local behind = string_end(written, 1)
  return behind == #written + 1 and (loadstring or load)("return " .. written)() or nil
end

local OWN = "meets only the library's own text"
local STORE = "is not a pattern: it searches a store of the emulator"
local ADDRESS = "meets at most 64 bytes"
local RUN = "is a byte that is not ASCII and those of 0x80 to 0xBF behind it: begins where none of them is, or matches"

-- What is not linear by its shape, and why it is acceptable: file -> source of the pattern -> reason.
local ALLOWED = {
  ["bin/gumroad-lua"] = { ['"^(.*/)lib/luarocks/rocks[^/]*/[^/]+/[^/]+/bin/"'] = "meets the program's own path" },
  ["lua/gumroad/api/limits.lua"] = { ["row.pattern"] = "is made of the API's paths: ^/v2/NAME/[^/]+$" },
  ["lua/gumroad/api/type.lua"] = { ['"([^|]*)|"'] = OWN },
  ["lua/gumroad/base/date.lua"] = { ['"^" .. colon .. "(%d%d)(.*)$"'] = "is linear with a colon and with none" },
  ["lua/gumroad/base/ip.lua"] = { ['"([^.]*)%."'] = ADDRESS, ['"([^:]*):"'] = ADDRESS, ['"^(.*)::(.*)$"'] = ADDRESS,
    ['"^(.*:)(%d+%.%d+%.%d+%.%d+)$"'] = ADDRESS },
  ["lua/gumroad/base/json.lua"] = { ['"([^\\n\\t]*)%s*$"'] = "meets only what this machine's loader says" },
  ["lua/gumroad/base/text.lua"] = { RUN = RUN, ['"^" .. RUN .. "$"'] = RUN },
  ["lua/gumroad/cli/commands/completion.lua"] = { ['"\\n( +)\'" .. command .. "\'%)\\n"'] = OWN,
    [ [['(\n    trigger%).-": ):_files"']] ] = OWN,
    [ [=['("%-%-connection%[[^\n]-%]: :)_files"']=] ] = OWN },
  ["lua/gumroad/cli/commands/manual/page.lua"] = { ['"(.-)\\n"'] = OWN, ['" *\\n *"'] = OWN },
  ["lua/gumroad/cli/failure.lua"] = { ['"^.-:%d+: ()"'] = "no digit is looked at from two colons" },
  ["lua/gumroad/cli/operation/confirmation.lua"] = { ['"{([^}]*)}"'] = OWN },
  ["lua/gumroad/cli/output/init.lua"] = { ['"([^,]*),"'] = "always matches, as its text ends with a comma" },
  ["lua/gumroad/emulator/handlers/offer_codes.lua"] = { ['request:text "offer_code_id"'] = STORE },
  ["lua/gumroad/emulator/handlers/pages.lua"] = { ["page.slug"] = STORE },
  ["lua/gumroad/emulator/shop/finders.lua"] = { ["request:text(parameter)"] = STORE },
  ["lua/gumroad/emulator/shop/html.lua"] = { ['"</" .. name .. "%s*>"'] = "the name of a tag has no blanks" },
  ["lua/gumroad/emulator/shop/resource_subscriptions.lua"] = { id = STORE },
  ["lua/gumroad/emulator/shop/store.lua"] = { value = STORE },
  ["lua/gumroad/resources/composed/license_check.lua"] = { ["refusal[1]"] = "is a literal that begins with ^" },
  ["lua/gumroad/resources/composed/upload/storage.lua"] = {
    ['"<" .. name .. ">([^<]*)</" .. name .. ">"'] = "every run ends where the next one may begin" },
  ["lua/gumroad/resources/params.lua"] = { ['row.in_query and "%c" or "%z"'] = "is of one byte" },
}

describe("The patterns of the source", function()
  local files = {}
  for path in support.output("find lua bin -type f"):gmatch("[^\n]+") do files[#files + 1] = path end
  table.sort(files)

  it("are linear by their shape, or have a reason", function()
    local faults, used = {}, {}
    for _, path in ipairs(files) do
      for _, call in ipairs(calls_in(support.read(path))) do
        local name, written = call[1], call[2]
        local pattern = literal(written)
        if not (pattern and shape.is_linear(pattern)) then
          if ALLOWED[path] and ALLOWED[path][written] then used[path .. written] = true
          else faults[#faults + 1] = ("%s: %s %s"):format(path, name, written) end
        end
      end
    end
    for path, patterns in pairs(ALLOWED) do
      for written in pairs(patterns) do
        if not used[path .. written] then faults[#faults + 1] = ("%s: %s needs no reason"):format(path, written) end
      end
    end
    assert.equal("", table.concat(faults, "\n"))
  end)

  it("are only used with methods such as text:find(...), because other calls are not found here", function()
    for _, path in ipairs(files) do
      for name in without_comments(support.read(path)):gmatch("string%.(%a+)") do
        assert.is_nil(FUNCTIONS[name], path)
      end
    end
  end)

  it("are found in any context", function()
    local source = [==[
      -- text:match("a comment")
      local a = text:match("^(.-) *$"), (text:gsub("[)\"]", { ["("] = "b" })):find("c", 1, true)
      local b = text:gmatch'e' --[[ text:match("f") ]] or text:find (g .. "h")
      for c in text:lower():gmatch("[^(]+") do store.find(shop, c) end
    ]==]
    local found = {}
    for i, call in ipairs(calls_in(source)) do found[i] = table.concat(call, " ") end
    assert.same({ 'match "^(.-) *$"', 'gsub "[)\\"]"', "gmatch 'e'", 'find g .. "h"', 'gmatch "[^(]+"' }, found)
  end)

  it("are classified by their shape", function()
    for _, linear in ipairs { "abc", "%s", "[^/]+", "%S+%s*", "^%s*(%d+)%s*$", "^(.*)@(.*)$", "^(.*%S)",
      "^([^?]*)(.*)$", "^(%a[%w+.-]*://)([^/?#]*)(.*)$", "/[^/]*$", ":%d*$", 'x="([^"]*)"', "%.(%w+)$",
      "^(.-):(.*)$", "^[%l_]+$" } do
      assert.is_true(shape.is_linear(linear), linear)
    end
    for _, slow in ipairs { "%s+$", "[^/]*$", "^%s*(.-)%s*$", "^(%d+)%.?(%d*)$", "<t[^>]*>([^<]*)<", "([^~]*)~",
      "^(.-)%s*$", "a*a*b", "^[%l_]+%.?[%l_]*: ", "-----BEGIN", "%s*,", "^.*:.*;", "%f[%w]%w+$", "%b()" } do
      assert.is_false(shape.is_linear(slow), slow)
    end
  end)
end)
