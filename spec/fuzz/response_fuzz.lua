-- What a response means: the first line of the input is the status, the second Retry-After, the third
-- WWW-Authenticate, the fourth the content type, the rest the body.
local responses = require "gumroad.client.response"
local retry = require "gumroad.client.retry"
local text = require "gumroad.base.text"
local Error = require "gumroad.base.error"

local KINDS = {}
for _, row in ipairs(Error.KINDS) do KINDS[row[1]] = true end

local REQUEST = { method = "GET", scopes = { "view_sales" } }
local CONNECTION = { name = "my-shop", scope = "view_profile" }

local function check_error(err, asked)
  assert(Error.is(err) and KINDS[err.kind])
  assert(text.safe(err.message) == err.message and #err.message < 4 * text.MOST, "not one short, printable line")
  local seconds = err.retry_after
  if err.kind ~= "decode" and asked:find("^%d+$") and #asked < 16 then assert(seconds == tonumber(asked)) end
  if seconds == nil then return end
  assert(type(seconds) == "number" and seconds >= 0 and seconds == seconds)
  err.retryable = true
  local pause = retry.pause(err, 1, 3, function() return 0.5 end)
  assert(pause == nil or (pause >= seconds and pause <= 60))
end

return function(input)
  local line = "([^\n]*)\n?"
  local status, asked, challenge, content_type, body = input:match("^" .. line:rep(4) .. "(.*)$")
  local response = { status = tonumber(status:match("^[1-5]%d%d$")) or 429, body = body,
    headers = { ["retry-after"] = asked, ["www-authenticate"] = challenge, ["content-type"] = content_type } }
  local result, err = responses.read(REQUEST, response, #input % 2 == 0 and CONNECTION or nil)
  if err == nil then assert(type(result) == "table")
  else
    assert(result == nil)
    check_error(err, asked)
  end
end
