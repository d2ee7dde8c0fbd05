--- Converts words of the command line into the values that operations take.
local events = require "gumroad.api.events"

local values = {}

local function read_all(file, name)
  local text, why = file:read("*a")
  if not text then return nil, ("cannot read %s: %s"):format(name, why) end
  return text
end

--- Returns the text that a word stands for: the word itself, the contents of a file for "@FILE", standard input for
-- "-". A text that begins with "@" is written with "@@".
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
  if value ~= nil and type(value) ~= "table" then return nil, "a JSON object expected" end
  return value, why
end

--- Makes a converter for argparse: a whole number.
-- @param most the largest number allowed; nil for no limit
function values.whole(option, least, most)
  return function(word)
    local value = word:find("^%d+$") and tonumber(word)
    if value and value >= least and value <= (most or value) then return value end
    return nil, ("option '%s': a whole number of at least %d%s expected, got '%s'"):format(option, least,
      most and (" and at most %d"):format(most) or "", word)
  end
end

--- Makes a converter for argparse: a number of seconds.
function values.seconds(option)
  return function(word)
    local value = tonumber(word)
    if value and value > 0 then return value end
    return nil, ("option '%s': a number of seconds expected, got '%s'"):format(option, word)
  end
end

--- Makes a converter for argparse: two texts with "=" between.
-- @param form   the form in messages, such as "NAME=VALUE"
-- @param prefix beginning of the message, such as "option '--set': "
function values.pair(form, prefix)
  return function(word)
    local name, text = word:match("^([^=]+)=(.*)$")
    if name then return { name, text } end
    return nil, ("%s%s expected, got '%s'"):format(prefix or "", form, word)
  end
end

--- Completes an address as people write it: "3000" and "localhost:3000/hook" are HTTP. Anything else stays as it is.
function values.address(word)
  local port = word:match("^:?(%d+)$")
  if port then return "http://127.0.0.1:" .. port .. "/" end
  return word:find("^[%w.-]+:%d+") and "http://" .. word or word
end

--- Makes a converter for argparse: the name of an event.
-- @param more another name to accept, or nil
function values.event(more)
  return function(word)
    if events.named[word] or word == more then return word end
    return nil, ("unknown event '%s'%s"):format(word, require("gumroad.base.error").hint(word, events.named))
  end
end

--- Makes a converter for argparse: names of events separated by commas, as in --events sale,refund.
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
    return nil, ("option '%s': events separated by commas expected"):format(option)
  end
end

--- For each type of a parameter: the name of a value in the help, and function(word) -> value | nil, message.
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
    return nil, ("a date (\"YYYY-MM-DD\" or ISO 8601 with time and zone) expected, got '%s'%s"):format(word,
      why and ": " .. why or "")
  end },
  object = { "JSON", from_json },
  -- One element. Whole arrays, and elements that are objects, are given as JSON.
  array = { "VALUE", function(word)
    local text, why = values.text(word)
    if not text then return nil, why end
    if text:find("^%s*[%[{]") then return json(text) end
    return text
  end },
}

--- Makes an array from the values of a repeated option: its elements, or one JSON array.
function values.array(given)
  local first = given[1]
  if #given == 1 and type(first) == "table" and (first[1] ~= nil or next(first) == nil) then return first end
  return given
end

return values
