--- What ends the command before its time: the exit code, and the words for it.
local failure = {}

--- The exit codes, as the help and the manual list them.
failure.CODES = {
  { 0, "it worked; also where nobody reads the output any more" },
  { 1, "the output could not be written, a script failed, doctor found a problem, or this program has a defect" },
  { 2, "the command line is wrong, or a file that it names cannot be read; nothing was changed" },
  { 3, "no access token, or it is not good or may not do this; a setting is wrong" },
  { 4, "not found" },
  { 5, "Gumroad refused it, or a licence is not valid" },
  { 6, "no usable answer: network, time limit, certificate, too many requests, the server; nothing was done, "
    .. "or it does no harm to try again" },
  { 7, "nobody knows whether it was done: it was sent, no answer came, and repeating it could do it twice" },
  { 130, "interrupted (Ctrl-C)" },
}

local KINDS = { file = 2, config = 3, auth = 3, scope = 3, not_found = 4, invalid = 5, outcome_unknown = 7 }

--- The exit code for a gumroad.Error.
function failure.code_of(err)
  if KINDS[err.kind] then return KINDS[err.kind] end
  return err.sent and not err.retryable and (err.kind == "network" or err.kind == "timeout") and 7 or 6
end

local Failure = {}
Failure.__index = Failure

function Failure.__tostring(self) return self.message or "" end

--- Ends the command.
-- @param code    exit code
-- @param message what goes to stderr, or nil
-- @param see     the words of the command whose --help says more, or nil
function failure.raise(code, message, see)
  error(setmetatable({ code = code, message = message, see = see }, Failure), 0)
end

--- Ends the command because its command line is wrong.
-- @param see the words of the command whose --help says more
function failure.usage(see, message, ...)
  failure.raise(2, message:format(...), see)
end

--- Ends the command because its output is lost.
-- @param why the system's words, or nil
function failure.output(why)
  failure.raise(1, "cannot write the output" .. (why and ": " .. why or ""))
end

function failure.is(value)
  return getmetatable(value) == Failure
end

-- What the library raises for a wrong argument begins with the place in our source, and then names
-- the operation, or whatever was called; on the command line the words in front say that already.
local CALLED = "^.-:%d+: ([%l_]+%.?[%l_]*): (.*)$"

local function option(name) return "option '--" .. name:gsub("_", "-") end

local C_PART = "the C part of gumroad is missing, or was built for another Lua than " .. _VERSION
  .. ": build it with make or luarocks make, for this one"

-- What no command can do without, and how to get it.
local PARTS = { ["gumroad.core"] = C_PART, ["gumroad.system"] = C_PART }

-- Of a text that `require` raised: what is to be installed, or nil.
local function missing_part(text)
  if text:find("^gumroad needs lua%-cjson") then return text end  -- of gumroad.base.json
  local name = text:match("module '([^'\n]+)' not found:")
  if PARTS[name] then return PARTS[name] end
  local why
  name, why = text:match("error loading module '([^'\n]+)' from file '[^\n]*:\n%s*([^\n]*)")
  return PARTS[name] and ("%s (%s)"):format(PARTS[name], why)
end

--- A Failure out of whatever was raised.
-- @param raised Failure, gumroad.Error or text
-- @param see    the words of the command that ran; nil: it ran a script, whose mistakes are told with their place
function failure.of(raised, see)
  if failure.is(raised) then return raised end
  if require("gumroad.base.error").is(raised) then
    return { code = failure.code_of(raised), message = tostring(raised) }
  end
  local text = tostring(raised)
  if text:find("interrupted!", 1, true) then return { code = 130 } end
  local part = missing_part(text)
  if part then return { code = 3, message = part } end
  local called, wrong = text:match(CALLED)
  if not (see and called) then return { code = 1, message = text } end
  return { code = called:find("^gumroad%.") and 3 or 2, see = see,
    message = (wrong:gsub("^parameter '([%l_]+)", option)) }
end

return failure
