--- gumroad-lua api METHOD PATH: any call of the API; prints what the server answered, byte for byte.
local failure = require "gumroad.cli.failure"
local output = require "gumroad.cli.output"
local shops = require "gumroad.shop"
local url = require "gumroad.base.url"
local values = require "gumroad.cli.values"

local METHODS = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" }
local FORM = "application/x-www-form-urlencoded"

local pair = values.pair "NAME=VALUE"

local function field_pair(word)
  local given, why = pair(word)
  if not given then return nil, why end
  given[2], why = values.text(given[2])
  if given[2] then return given end
  return nil, ("option '--field': %s: %s"):format(given[1], why)
end

local function header(word)
  local name, text = word:match("^([^:%s]+):%s*(.*)$")
  if name then return { name, text } end
  return nil, ("'NAME: VALUE' expected, got '%s'"):format(word)
end

-- name=value&...; brackets in names stay, they are how Gumroad writes what is nested.
local function form(pairs_given)
  local encode = require("gumroad.core").percent_encode
  local parts = {}
  for i, given in ipairs(pairs_given) do
    local name = encode(given[1]):gsub("%%5B", "["):gsub("%%5D", "]")
    parts[i] = name .. "=" .. encode(given[2])
  end
  return table.concat(parts, "&")
end

local function path_of(context, args, shop)
  local path = shops.path_of(shop, args.path)
  if not path then
    failure.usage(context.command, "the API is at %s, see --base-url; nothing is sent to %s",
      url.shown(shops.base_url(shop)), url.host(args.path) or "such a URL")
  end
  if not args.query then return path end
  return path .. (path:find("?", 1, true) and "&" or "?") .. form(args.query)
end

local function has_name(headers, name)
  for given in pairs(headers) do
    if given:lower() == name then return true end
  end
end

local function request_of(args, path)
  local request = { url = path, method = args.method, headers = {} }
  for _, given in ipairs(args.header or {}) do request.headers[given[1]] = given[2] end
  request.body = args.body or args.field and form(args.field)
  if request.body and not has_name(request.headers, "content-type") then
    request.headers["Content-Type"] = args.field and FORM or "application/json"
  end
  return request
end

return {
  general = { "shop" },
  configure = function(parser)
    parser:argument("method", table.concat(METHODS, ", ") .. "."):convert(function(word)
      for _, method in ipairs(METHODS) do
        if word:upper() == method then return method end
      end
      return nil, ("'%s' is none of %s"):format(word, table.concat(METHODS, ", "))
    end)
    parser:argument("path", "Such as /v2/user, or user, or a full URL of the API.")
    local field = parser:option("--field", "A field of the form that is sent, such as tags[]=ink; may be repeated. "
      .. "VALUE is a text, @FILE or - for standard input."):argname("NAME=VALUE"):convert(field_pair):count("*")
      :action("append"):init(nil)
    local body = parser:option("--body", "What is sent, as JSON if no header says otherwise: a text, @FILE or - for "
      .. "standard input."):argname("TEXT"):convert(values.text)
    parser:mutex(field, body)
    parser:option("--query", "A field of the query; may be repeated.")
      :argname("NAME=VALUE"):convert(pair):count("*"):action("append"):init(nil)
    parser:option("--header", "One more header of the request; may be repeated.")
      :argname("'NAME: VALUE'"):convert(header):count("*"):action("append"):init(nil)
  end,
  run = function(context, args)
    output.refuse_all_but("json", context, "the answer of any call can only be printed as JSON")
    local raw
    local shop = context.shop(false, function(response) raw = response.body end)
    local answer, err = shop:request(request_of(args, path_of(context, args, shop)))
    if not answer then error(err, 0) end
    context.write(raw)
    if context.is_terminal then context.write("\n") end
  end,
}
