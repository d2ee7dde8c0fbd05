--- Makes calls: builds a request, sends it, waits, tries again, decodes the response. A client knows HTTP and the
-- envelope of Gumroad's responses, but no single resource.
local client_options = require "gumroad.client.options"
local deadlines = require "gumroad.client.deadline"
local loop = require "gumroad.loop"
local url = require "gumroad.base.url"
local Call = require "gumroad.client.call"

local Client = {
  DEFAULT_BASE_URL = client_options.DEFAULT_BASE_URL,
  base_url = client_options.base_url,
  body = require "gumroad.client.body",
  path_of = require "gumroad.client.target",
  read = require("gumroad.client.response").read,
  judge = Call.judge,
}
Client.__index = Client

--- @param options see gumroad.new
-- @return Client; raises a gumroad.Error of kind config if there is no token
function Client.new(options)
  local client = client_options.read(options)
  client.loop = client.sleep and loop.cooperative(client.sleep)
  return setmetatable(client, Client)
end

--- Checks the options of one call; raises at the caller's line. Requests with the same options share a deadline.
-- @return table a copy
function Client:call_options(where, given)
  local options = client_options.check_call(where, given)
  if self.options.deadline and not options.deadline then options.deadline = deadlines.new(self.options.deadline) end
  return options
end

--- Returns the loop for a call that is made here and now.
-- @return loop | nil, error: see gumroad.loop
function Client:current_loop()
  return loop.current(self.loop)
end

--- Describes a client for print: at most the last four characters of its token, and no password that somebody
-- wrote into base_url.
function Client:__tostring()
  return ("gumroad.Client(%s, %s%s)"):format(url.without_user(self.base_url),
    self.secret and tostring(self.secret) or "no token",
    self.allow_http and ", allow_http: the token may go out unencrypted" or "")
end

--- Sends a request without waiting for its response, so that the network works while the caller does.
-- @param request table. For the API: method, path, body, content_type, scopes, options (those of the call),
--   repeatable (whether it may be carried out twice), public (whether it goes without the token), file (whether a
--   file is expected instead of JSON), how_to_verify (advice for outcome_unknown), read (what reads the response
--   instead of Client.read, which it may call with the same arguments: function(request, response, ...) -> value |
--   nil, error).
--   For another server, which never gets the token: method, url, headers, options, repeatable, read, source (the
--   part of a file to send: path, offset, length), progress (function(bytes), called now and then with how many
--   bytes were sent)
-- @return Call, whose finish() waits for the response | nil, error
function Client:start(request)
  return Call.start(self, request)
end

--- Sends a request and waits for its response.
-- @return table the decoded body | nil, error
function Client:call(request)
  local call, err = self:start(request)
  if not call then return nil, err end
  return call:finish()
end

return Client
