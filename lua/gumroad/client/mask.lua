--- Masks the tables that on_request and on_response get, so that they can be logged: buyers, license keys and
-- everything else that is not known to be harmless become "***".
local core = require "gumroad.core"
local json = require "gumroad.base.json"
local private = require "gumroad.api.private"
local Error = require "gumroad.base.error"

local MASK = "***"

local function is_array(value)
  return type(value) == "table" and value[1] ~= nil
end

-- Masks a value.
-- @param is_shown whether a value that is not a table stays as it is
-- @param hides    whether everything in a table is masked, because its field names are somebody's own
local function mask(value, is_shown, hides)
  if type(value) ~= "table" then
    if is_shown or value == json.null then return value end
    return MASK
  end
  local out = {}
  if is_array(value) then
    for i, item in ipairs(value) do out[i] = mask(item, is_shown, hides) end
    return out
  end
  for name, item in pairs(value) do
    local known = not hides and private.is_shown(name)
    local holds_objects = is_array(item) and private.is_private(name)  -- such as a product's custom_fields
    out[name] = mask(item, known, hides or not (known or holds_objects))
  end
  return out
end

local function mask_form(text)
  local fields = core.form_decode(text)
  return fields and core.form_encode(mask(fields, false, false))
end

local function mask_json(text)
  local ok, value = json.read(text)
  return ok and json.encode(mask(value, false, false))
end

-- Anything that is neither JSON nor a form is not shown.
local function mask_body(text)
  if text == "" then return text end
  local is_json = text:find("^%s*[{%[]")
  local masked
  if is_json then masked = mask_json(text) elseif text:find("=", 1, true) then masked = mask_form(text) end
  return masked or ("(%d bytes)"):format(#text)
end

local function mask_url(text)
  local place, query = text:match("^([^?]*)%?(.*)$")
  return place and place .. "?" .. (mask_form(query) or MASK) or text
end

local SECRET_HEADERS = { ["authorization"] = true, ["cookie"] = true, ["set-cookie"] = true, ["location"] = true,
  ["proxy-authorization"] = true }

local function mask_headers(headers)
  local out = {}
  for name, value in pairs(headers) do
    out[name] = SECRET_HEADERS[tostring(name):lower()] and MASK or value
  end
  return out
end

--- Masks a table; see gumroad.masked.
return function(shown)
  if type(shown) ~= "table" then Error.usage("masked: table expected, got %s", type(shown)) end
  local out = {}
  for name, value in pairs(shown) do out[name] = value end
  if type(out.url) == "string" then out.url = mask_url(out.url) end
  if type(out.body) == "string" then out.body = mask_body(out.body) end
  if type(out.headers) == "table" then out.headers = mask_headers(out.headers) end
  if Error.is(out.error) then out.error = out.error:to_table() end
  return out
end
