-- Numbers are the same in every locale, whenever the host program sets one.
local support = require "support"

local folder, remove_folder

-- Runs a program in a process with the locales. Returns its output. What setlocale itself never frees is not looked at.
local function run(program)
  return support.output(("ASAN_OPTIONS=detect_leaks=0 LOCPATH=%s %s 2>&1"):format(folder, support.lua_command(program)))
end

local PROGRAM = [=[
  local half, tenth, day = 0.5, 0.1, os.time { year = 2026, month = 9, day = 14, hour = 10 } + 0.5
  local function set(name) assert(os.setlocale(name), "no locale " .. name) end
  %s
  local core, json = require "gumroad.core", require "gumroad.base.json"
  local number, date = require "gumroad.base.number", require "gumroad.base.date"
  local webhook, fields = require "gumroad.webhook", require "gumroad.cli.output.fields"
  local emulator_json = require "gumroad.emulator.http.json"
  local params = require "gumroad.resources.params"
  %s
  local got = json.decode '{"xs":[1,2,3],"r":4.5,"ys":[0.5,1,-25e-1],"z":{"a":0.1,"b":[[1,0.5]]},"\\u006e":[1,2]}'
  assert(#got.xs == 3 and got.xs[1] == 1 and got.xs[2] == 2 and got.xs[3] == 3, "xs")
  assert(got.r == 4 + half and #got.ys == 3 and got.ys[1] == half and got.ys[3] == -2 - half, "fractions")
  assert(got.z.a == tenth and got.z.b[1][2] == half and #got.n == 2, "nested")
  assert(json.decode "[1,2,3]" [2] == 2 and json.decode "0.5" == half and json.decode_with_nulls "[0.5]" [1] == half)
  local event = assert(webhook.parse('{"sale_id":"a","price":1,"x":[1,2],"y":0.5}', "application/json"))
  assert(#event.data.x == 2 and event.data.y == half)
  for _, wrong in ipairs { "1,5", "[1,5,]", '{"a":1,"b":0,5}' } do assert(not json.read(wrong)) end

  print(json.encode { half, 900, tenth, -1e300, 2 ^ 53 })
  print(core.form_encode { a = half, b = tenth, c = { 1e300, 900 } })
  print(number.text(half), number.text(-tenth / 3), emulator_json.number(half), emulator_json.encode { half })
  print(fields.text(half, "number"), fields.text({ half, 1 }, "number[]"))
  local request = {}
  params.write("x", { params = { { "a", "integer" } }, json = true }, { a = half }, request)
  print(request.body)
  print(date.parse "2026-09-14T10:00:00.5Z" == day)
]=]

local RESULT = table.concat({
  "[0.5,900,0.1,-1e+300,9007199254740992]",
  "a=0.5&b=0.1&c%5B%5D=1e%2B300&c%5B%5D=900",
  "0.5\t-0.03333333333333333\t0.5\t[0.5]",
  "0.5\t[0.5,1]",
  '{"a":0.5}',
  "true",
}, "\n")

describe("Numbers #locales", function()
  setup(function()
    folder, remove_folder = support.folder()
    for _, name in ipairs { "de_DE", "ps_AF" } do  -- a comma, and a decimal separator of two bytes
      assert(os.execute(("LD_PRELOAD= localedef -i %s -f UTF-8 %s/%s.UTF-8"):format(name, folder, name)))
    end
  end)
  teardown(function() remove_folder() end)

  for _, name in ipairs { "de_DE.UTF-8", "ps_AF.UTF-8" } do
    local set = ("set %q"):format(name)
    for order, lines in pairs {
      ["before the library is loaded"] = { set, "" }, ["after the library is loaded"] = { "", set },
      ["before, and no longer after"] = { set, "set 'C'" },
    } do
      it(("are as in the C locale in the locale %s, set %s"):format(name, order), function()
        assert.equal(RESULT, run(PROGRAM:format(lines[1], lines[2])))
      end)
    end
  end

  it("are as in the C locale while lua-cjson expects the decimal comma or a missing point of another locale", function()
    local comma = "set 'de_DE.UTF-8'"
    local set = comma .. " require('cjson').new() "
    assert.equal(RESULT, run(PROGRAM:format("", set)))
    assert.equal(RESULT, run(PROGRAM:format("", set .. "set 'C'")))
    assert.equal(RESULT, run(PROGRAM:format(comma .. " require 'cjson' set 'C'", comma)))
  end)

  it("do not change the locale of the host program", function()
    assert.equal("de_DE.UTF-8", run "os.setlocale 'de_DE.UTF-8' require 'gumroad' print(os.setlocale(nil, 'numeric'))")
  end)
end)
