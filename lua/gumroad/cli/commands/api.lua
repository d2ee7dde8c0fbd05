--- gumroad-lua api METHOD PATH: makes any call of the API and prints the response byte for byte.
local confirmation = require "gumroad.cli.operation.confirmation"
local dry_run = require "gumroad.cli.dry_run"
local failure = require "gumroad.cli.failure"
local match = require "gumroad.cli.operation.match"
local output = require "gumroad.cli.output"
local safe = require("gumroad.base.text").safe
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

-- Encodes name=value&... with the brackets in names as they are: that is how Gumroad writes nested fields.
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
    failure.usage(context.command, "the API is at %s (see --base-url), so nothing was sent to %s",
      url.shown(shops.base_url(shop)), url.host(args.path) or "that URL")
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

local function add_pairs(params, given)
  for _, pair_given in ipairs(given or {}) do params[pair_given[1]] = pair_given[2] end
end

local function add_table(params, fields)
  for name, value in pairs(type(fields) == "table" and fields or {}) do params[name] = value end
end

-- Returns the parameters that the server will see, as far as they can be read.
local function params_of(args, path)
  local core, params = require "gumroad.core", {}
  add_table(params, core.form_decode(path:match("%?(.*)$") or ""))
  add_pairs(params, args.field)
  if args.body then
    local ok, value = pcall(require("gumroad.base.json").decode, args.body)
    add_table(params, ok and value or core.form_decode(args.body))
  end
  return params
end

-- Returns the method as the server takes it: a form or a header may name another one for a POST.
local function method_of(request, params)
  if request.method ~= "POST" then return request.method end
  local other = params._method
  for name, value in pairs(request.headers) do
    if name:lower() == "x-http-method-override" then other = value end
  end
  return type(other) == "string" and other:upper() or request.method
end

-- Asks if the request is an operation that cannot be undone.
local function ask(context, args, request, shop)
  local params = params_of(args, request.url)
  local row, ids = match.find(method_of(request, params), request.url)
  if row then confirmation.ask(context, function() return shop end, { row = row, ids = ids, params = params }) end
end

return {
  examples = {
    "gumroad-lua api GET user",
    "gumroad-lua api POST products --field name=Ink --field price=900 --dry-run",
  },
  general = { "shop" },
  configure = function(parser)
    parser:argument("method", "HTTP method: " .. table.concat(METHODS, ", ") .. "."):convert(function(word)
      for _, method in ipairs(METHODS) do
        if word:upper() == method then return method end
      end
      return nil, ("'%s' is not one of %s"):format(word, table.concat(METHODS, ", "))
    end)
    parser:argument("path", "Path such as /v2/user or user, or a full URL of the API.")
    local field = parser:option("--field", "Field of the form to send, such as tags[]=ink. VALUE is text, @FILE or - "
      .. "for standard input. May be repeated."):argname("NAME=VALUE"):convert(field_pair):count("*")
      :action("append"):init(nil)
    local body = parser:option("--body", "Body to send, as JSON unless a header says otherwise: text, @FILE or - for "
      .. "standard input."):argname("TEXT"):convert(values.text)
    parser:mutex(field, body)
    parser:option("--query", "Field of the query. May be repeated.")
      :argname("NAME=VALUE"):convert(pair):count("*"):action("append"):init(nil)
    parser:option("--header", "Additional request header. May be repeated.")
      :argname("'NAME: VALUE'"):convert(header):count("*"):action("append"):init(nil)
    dry_run.configure(parser)
    confirmation.configure(parser)
  end,
  run = function(context, args)
    output.refuse_all_but("json", context, "the response to an api call can only be printed as it is")
    local raw
    local shop = context.shop(false, { on_response = function(response) raw = response.body end,
      on_request = args.dry_run and dry_run.hook(context, true) or nil })
    local request = request_of(args, path_of(context, args, shop))
    ask(context, args, request, shop)
    local done, err = shop:request(request)
    if not done then error(err, 0) end
    if context.is_terminal then raw = raw:gsub("[^\n]+", safe) .. "\n" end
    context.write(raw)
  end,
}
