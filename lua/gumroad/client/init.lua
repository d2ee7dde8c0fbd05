--- One call: build, send, wait, try again, decode. It knows HTTP and Gumroad's envelope, and
-- nothing of single resources.
local client_options = require "gumroad.client.options"
local loop = require "gumroad.loop"
local url = require "gumroad.base.url"
local Call = require "gumroad.client.call"

local Client = {
  VERSION = require("gumroad.client.request").VERSION,
  DEFAULT_BASE_URL = client_options.DEFAULT_BASE_URL,
  base_url = client_options.base_url,
  check_call_options = client_options.check_call,
  judge = Call.judge,
}
Client.__index = Client

--- @param options see gumroad.new
-- @return Client; raises a gumroad.Error of kind config where there is no token
function Client.new(options)
  local client = client_options.read(options)
  client.loop = client.sleep and loop.cooperative(client.sleep)
  return setmetatable(client, Client)
end

--- The loop for what is done with this client here and now.
-- @return loop | nil, error: see gumroad.loop
function Client:current_loop()
  return loop.current(self.loop)
end

--- What may be printed of a client: the token's last four characters at most, and no password
-- that somebody wrote into base_url.
function Client:__tostring()
  return ("gumroad.Client(%s, %s)"):format(url.without_user(self.base_url),
    self.secret and tostring(self.secret) or "no token")
end

--- Sends what is ready to go, without waiting: the network works while the caller does.
-- @param request { method, path, body, content_type, repeatable, scopes, options, public: whether
--   it goes without the token, file: whether a file is expected, not JSON, how_to_verify: how to find out
--   what became of it, for errors } or, to another server than Gumroad's, without the token:
--   { method, url, headers, repeatable, options, source: { path, offset, length } of a file that is
--   sent, progress: function(bytes of it that were sent), now and then while it is,
--   read: function(request, response) -> value | nil, error }
-- @return Call, whose finish() waits for the response | nil, error
function Client:start(request)
  return Call.start(self, request)
end

--- start and finish in one.
-- @return table the decoded body | nil, error
function Client:call(request)
  local call, err = self:start(request)
  if not call then return nil, err end
  return call:finish()
end

return Client
