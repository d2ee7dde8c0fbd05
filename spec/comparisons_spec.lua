-- JSON and forms beside the decoders of other languages: on random documents, with one seed here and
-- with many by `make soak`.
local compare = require "fuzz.compare"
local form_rack = require "fuzz.form_rack"
local json_python = require "fuzz.json_python"
local support = require "support"

local SEED, CASES = 1, 1000

local function same_values(comparison)
  local cases, difference = compare.seed(comparison, SEED, CASES)
  assert.is_nil(difference)
  assert.equal(CASES, cases)
end

describe("random JSON", function()
  it("has the values that Python finds in it, and is refused where Python refuses it #python", function()
    same_values(json_python)
  end)

  it("would show a number that is one off #python", function()
    local function decode(text)
      local value = json_python.decode(text)
      return type(value) == "number" and value + 1 or value
    end
    local off = { COMMAND = json_python.COMMAND, decode = decode, excused = json_python.excused }
    local _, difference = compare.seed(off, SEED, CASES)
    assert.matches("^seed 1: ", difference)
  end)
end)

describe("a form that HTTParty writes", function()
  it("has the values that Rack finds in it #rack", function()
    same_values(form_rack)
  end)
end)

-- What Rack makes of bodies, as canonical texts.
local function ask_rack(bodies)
  local lines = {}
  for i, body in ipairs(bodies) do
    lines[i] = body:gsub(".", function(char) return ("%02x"):format(char:byte()) end)
  end
  local answers = {}
  local told = support.output("printf '" .. table.concat(lines, "\\n") .. "\\n' | ruby spec/fuzz/form_rack.rb")
  for line in told:gmatch("[^\n]+") do answers[#answers + 1] = line end
  return answers
end

local REFUSED = {}

-- A body, what it is here, and what it is to Rack where that is something else.
local ROWS = {
  { "brackets in names, escaped before the form is written, are part of the name", {
    { "a%255Bb%255D=1", { ["a[b]"] = "1" } },
    { "a%5B%255Bb%255D%5D=1", { a = { ["[b]"] = "1" } } },
    { "custom_fields%5BSize%20%255BEU%255D%5D=42", { custom_fields = { ["Size [EU]"] = "42" } } },
    { "a%255bb%255d=1", { ["a%5bb%5d"] = "1" } },
    { "a%5B%5D=%255B&a%5B%5D=%5B", { a = { "%5B", "[" } } },
  } },
  { "names that conflict collect, where Rack takes the last or refuses all", {
    { "a=1&a=2", { a = { "1", "2" } }, { a = "2" } },
    { "a[b]=1&a[b]=2", { a = { b = { "1", "2" } } }, { a = { b = "2" } } },
    { "a=1&a[b]=2", { a = { "1", b = "2" } }, REFUSED },
    { "a[b]=1&a=2", { a = { "2", b = "1" } }, { a = "2" } },
    { "a[]=1&a=2", { a = { "1", "2" } }, { a = "2" } },
    { "a=1&a[]=2", { a = { "1", "2" } }, REFUSED },
    { "a[]=1&a[b]=2", { a = { "1", b = "2" } }, REFUSED },
    { "a[][b]=1&a[][b][]=2", { a = { { b = { "1", "2" } } } }, REFUSED },
  } },
  { "brackets that do not pair up are the name as it stands, where Rack guesses", {
    { "a[b=1", { ["a[b"] = "1" }, { a = { b = "1" } } },
    { "a]b=1", { ["a]b"] = "1" }, { a = { b = "1" } } },
    { "[a]=1", { ["[a]"] = "1" }, { a = "1" } },
    { "a[b]c=1", { ["a[b]c"] = "1" }, { a = { b = { c = "1" } } } },
  } },
  { "a bad escape is itself, where Rack refuses all", {
    { "a=%zz&b=%", { a = "%zz", b = "%" }, REFUSED },
  } },
}

describe("in a form", function()
  for _, group in ipairs(ROWS) do
    it(group[1], function()
      for _, row in ipairs(group[2]) do assert.same(row[2], form_rack.decode(row[1]), row[1]) end
    end)

    it(group[1] .. ": so it is with Rack itself #rack", function()
      local bodies = {}
      for i, row in ipairs(group[2]) do bodies[i] = row[1] end
      for i, told in ipairs(ask_rack(bodies)) do
        local row = group[2][i]
        local want = row[3] or row[2]
        assert.equal(want == REFUSED and "!" or compare.canonical(want), told, row[1])
      end
    end)
  end
end)
