--- What stands on the command line, made into what the operations take.
local events = require "gumroad.api.events"

local values = {}

local function read_all(file, name)
  local text, why = file:read("*a")
  if not text then return nil, ("cannot read %s: %s"):format(name, why) end
  return text
end

--- A text as it is, or out of a file: "@FILE", "-" for standard input; "@@..." is "@...".
-- @return string | nil, message
function values.text(word)
  if word == "-" then return read_all(io.stdin, "standard input") end
  if word:sub(1, 2) == "@@" then return word:sub(2) end
  if word:sub(1, 1) ~= "@" then return word end
  local path = word:sub(2)
  local file, why = io.open(path, "rb")
  if not file then return nil, "cannot read " .. why end
  local text
  text, why = read_all(file, path)
  file:close()
  return text, why
end

local function json(text)
  local ok, value = pcall(require("gumroad.base.json").decode, text)
  if not ok then return nil, "it is not JSON: " .. value end
  return value
end

local function from_json(word)
  local text, why = values.text(word)
  if not text then return nil, why end
  local value
  value, why = json(text)
  if value ~= nil and type(value) ~= "table" then return nil, "JSON of an object expected" end
  return value, why
end

--- A converter for argparse of an option that is a whole number.
-- @param most nil: no limit
function values.whole(option, least, most)
  return function(word)
    local value = word:find("^%d+$") and tonumber(word)
    if value and value >= least and value <= (most or value) then return value end
    return nil, ("option '%s': a whole number of at least %d%s expected, got '%s'"):format(option, least,
      most and (" and at most %d"):format(most) or "", word)
  end
end

--- A converter for argparse of an option that is a time span.
function values.seconds(option)
  return function(word)
    local value = tonumber(word)
    if value and value > 0 then return value end
    return nil, ("option '%s': a number of seconds expected, got '%s'"):format(option, word)
  end
end

--- A converter for argparse of two texts with "=" between.
-- @param form   what they are called, such as "NAME=VALUE"
-- @param prefix of what is said where they are not that, such as "option '--set': "
function values.pair(form, prefix)
  return function(word)
    local name, text = word:match("^([^=]+)=(.*)$")
    if name then return { name, text } end
    return nil, ("%s%s expected, got '%s'"):format(prefix or "", form, word)
  end
end

--- A converter for argparse of an event's name.
-- @param more another name that is taken, or nil
function values.event(more)
  return function(word)
    if events.named[word] or word == more then return word end
    return nil, ("unknown event '%s'%s"):format(word, require("gumroad.base.error").hint(word, events.named))
  end
end

--- A converter for argparse of events' names with commas between, as in --events sale,refund.
function values.events(option)
  local read = values.event()
  return function(word)
    local list = {}
    for part in word:gmatch("[^,%s]+") do
      local name, why = read(part)
      if not name then return nil, ("option '%s': %s"):format(option, why) end
      list[#list + 1] = name
    end
    if #list > 0 then return list end
    return nil, ("option '%s': events expected, with commas between"):format(option)
  end
end

--- For each type of a parameter: what the help calls a value, and function(word) -> value | nil, message.
values.TYPES = {
  string = { "TEXT", values.text },
  integer = { "NUMBER", function(word)
    local value = word:find("^[+-]?%d+$") and tonumber(word)
    if value then return value end
    return nil, "a whole number expected, got '" .. word .. "'"
  end },
  date = { "DATE", function(word)
    local date = require "gumroad.base.date"
    local seconds, why = date.parse(word)
    if seconds then return word end
    return nil, ("\"YYYY-MM-DD\" or ISO 8601 with time and zone expected, got '%s'%s"):format(word,
      why and ": " .. why or "")
  end },
  object = { "JSON", from_json },
  -- An element; whole arrays, and objects in them, are given as JSON.
  array = { "VALUE", function(word)
    local text, why = values.text(word)
    if not text then return nil, why end
    if text:find("^%s*[%[{]") then return json(text) end
    return text
  end },
}

--- An array from the words of a repeated option: elements, or one JSON array of all.
function values.array(given)
  local first = given[1]
  if #given == 1 and type(first) == "table" and (first[1] ~= nil or next(first) == nil) then return first end
  return given
end

return values
