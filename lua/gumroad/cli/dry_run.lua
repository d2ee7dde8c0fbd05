--- --dry-run: shows the request of a change without sending it. What a composed operation reads before is sent.
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"
local json = require "gumroad.cli.output.json"

local dry_run = {}

local READS = { GET = true, HEAD = true }

-- The fields of a request in their order.
local REQUEST = { { "method", "string" }, { "url", "string" }, { "content_type", "string" }, { "body", "string" },
  type = { method = "string", url = "string", content_type = "string", body = "string" } }

local function header(request, wanted)
  for name, value in pairs(request.headers) do
    if name:lower() == wanted then return value end
  end
end

local function text(request)
  local lines = { request.method .. " " .. request.url }
  if request.body and request.body ~= "" then
    lines[2] = "Content-Type: " .. (request.content_type or "")
    lines[3], lines[4] = "", request.body
  end
  return table.concat(lines, "\n") .. "\n"
end

--- Adds the option to a parser.
function dry_run.configure(parser)
  return parser:flag("--dry-run", "Show the request, without the access token, and do not send it.")
end

--- Makes a function for on_request of gumroad.new, which prints a request that would change something and ends the
-- command with success before it is sent.
-- @param context see gumroad.cli.context
-- @param reads_too whether requests that change nothing are printed too
function dry_run.hook(context, reads_too)
  return function(request)
    if READS[request.method] and not reads_too then return end
    local shown = { method = request.method, url = request.url, body = request.body,
      content_type = header(request, "content-type") }
    context.write(context.args.json and json.encode_object(shown, REQUEST) .. "\n" or text(shown))
    failure.raise(exit_codes.SUCCESS)
  end
end

return dry_run
