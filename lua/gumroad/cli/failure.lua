--- Failures that end the command: exit codes and messages.
local c_modules = require "gumroad.base.c_modules"
local exit_codes = require "gumroad.cli.exit_codes"
local Error = require "gumroad.base.error"

local failure = {}

-- The exit codes for kinds of gumroad.Error; all other kinds mean NO_RESPONSE.
local KINDS = {
  file = exit_codes.USAGE, config = exit_codes.CONFIG, auth = exit_codes.CONFIG, scope = exit_codes.CONFIG,
  not_found = exit_codes.NOT_FOUND, invalid = exit_codes.REFUSED, outcome_unknown = exit_codes.OUTCOME_UNKNOWN,
}

--- Returns the exit code for a gumroad.Error.
function failure.code_of(err)
  if KINDS[err.kind] then return KINDS[err.kind] end
  local may_be_done = err.sent and not err.retryable and (err.kind == "network" or err.kind == "timeout")
  return may_be_done and exit_codes.OUTCOME_UNKNOWN or exit_codes.NO_RESPONSE
end

local Failure = {}
Failure.__index = Failure

function Failure.__tostring(self) return self.message or "" end

--- Ends the command.
-- @param code    exit code
-- @param message text for stderr, or nil
-- @param see     the words of the command whose --help says more, or nil
function failure.raise(code, message, see)
  error(setmetatable({ code = code, message = message, see = see }, Failure), 0)
end

--- Ends the command because its command line is wrong.
-- @param see the words of the command whose --help says more
function failure.usage(see, message, ...)
  failure.raise(exit_codes.USAGE, message:format(...), see)
end

--- Ends the command because its output was lost.
-- @param why the system's message, or nil
function failure.output(why)
  failure.raise(exit_codes.FAILURE, "cannot write the output" .. (why and ": " .. why or ""))
end

function failure.is(value)
  return getmetatable(value) == Failure
end

-- What the library raises for a wrong argument begins with the place in our source, and then names
-- the operation, or whatever was called; on the command line the words in front say that already.
-- @return the name of what was called, the words behind it; nil of any other text
local function read_place(text)
  local at = text:match("^.-:%d+: ()")
  if at then return text:match("^([%l_.]+): (.*)$", at) end
end

local function option(name) return "option '--" .. name:gsub("_", "-") end

-- Says what to install, for a text that `require` raised; nil for any other text.
local function missing_part(text)
  if text:find("^gumroad needs lua%-cjson") then return text end  -- from gumroad.base.json
  return c_modules.advice(text)
end

-- What the exit codes mean as the `kind` of an error that is not one of gumroad.Error.
local KIND_OF = { [exit_codes.FAILURE] = "failure", [exit_codes.USAGE] = "usage", [exit_codes.CONFIG] = "config" }

--- Describes a failure for programs, in the fields of gumroad.Error.
-- @return table with at least `kind` and `message`
function failure.to_table(wrong)
  if wrong.err then return wrong.err:to_table() end
  return { kind = KIND_OF[wrong.code] or "failure", message = wrong.message }
end

--- Makes a Failure from whatever was raised.
-- @param raised Failure, gumroad.Error or text
-- @param see    the words of the command that ran; nil if it ran a script, whose mistakes keep their file and line
function failure.of(raised, see)
  if failure.is(raised) then return raised end
  if Error.is(raised) then
    return { code = failure.code_of(raised), message = tostring(raised), err = raised }
  end
  if Error.is_interrupt(raised) then return { code = exit_codes.INTERRUPTED } end
  local text = tostring(raised)
  local part = missing_part(text)
  if part then return { code = exit_codes.CONFIG, message = part } end
  local called, wrong = read_place(text)
  if not (see and called) then return { code = exit_codes.FAILURE, message = text } end
  return { code = called:find("^gumroad%.") and exit_codes.CONFIG or exit_codes.USAGE, see = see,
    message = (wrong:gsub("^parameter '([%l_]+)", option)) }
end

return failure
