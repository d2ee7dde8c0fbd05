--- Decides whether a failed request is sent again, and after which pause. Pure functions: even randomness is passed
-- in.
local retry = {}

local FIRST_PAUSE, LONGEST_PAUSE = 1 / 2, 8  -- seconds

--- Seconds beyond which a wait is left to the caller.
retry.LONGEST_WAIT = 60

local TRANSIENT_STATUS = { [408] = true, [500] = true, [502] = true, [503] = true, [504] = true }
local TRANSIENT_FAILURE = { network = true, timeout = true }

--- Tells whether a failed request may succeed when it is sent again, and whether that does no harm.
-- @param repeatable whether the request may be carried out twice
-- @param err        gumroad.Error; `sent` says whether the server may have received the request
function retry.is_retryable(repeatable, err)
  if err.status == 429 or err.kind == "rate_limit" then return true end  -- refused before anything was done
  if TRANSIENT_FAILURE[err.kind] and not err.sent then return true end
  if not repeatable then return false end
  if not err.status then return TRANSIENT_FAILURE[err.kind] == true end
  if err.status >= 500 and err.kind ~= "server" then return false end  -- refused in Gumroad's own words
  return TRANSIENT_STATUS[err.status] == true or (err.status >= 520 and err.status < 530)
end

--- Tells whether a failed request may have been carried out: it may have arrived, and what came back does not
-- say what happened.
-- @param err gumroad.Error
function retry.is_outcome_unknown(err)
  if not err.status then return err.sent == true end
  return err.kind == "server" or err.kind == "decode" or err.status == 408
end

--- Returns the pause before the next attempt.
-- @param err      gumroad.Error with `retryable` and `retry_after`
-- @param attempt  how many attempts were made
-- @param attempts how many are allowed
-- @param random   function() -> 0 <= x < 1
-- @return seconds, or nil if there is to be no other attempt
function retry.pause(err, attempt, attempts, random)
  if not err.retryable or attempt >= attempts then return nil end
  local asked = err.retry_after or 0
  if asked > retry.LONGEST_WAIT then return nil end  -- too long to hold up the caller, who finds it in the error
  return math.max(asked, random() * math.min(FIRST_PAUSE * 2 ^ (attempt - 1), LONGEST_PAUSE))
end

return retry
