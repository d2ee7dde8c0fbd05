--- Whether a failed attempt is made again, and after which pause. Pure: it is told all it
-- needs, the dice included.
local retry = {}

local FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8  -- seconds
local LONGEST_WAIT = 60                    -- seconds that a Retry-After may ask of a caller

local TRANSIENT_STATUS = { [408] = true, [500] = true, [502] = true, [503] = true, [504] = true }
local TRANSIENT_FAILURE = { network = true, timeout = true }

--- Whether a call that ended so may succeed when it is simply made again, without harm.
-- @param repeatable whether the request may be carried out twice
-- @param err        gumroad.Error; `sent` says whether the server may have got the request
function retry.is_retryable(repeatable, err)
  if err.status == 429 then return true end  -- refused before anything was done
  if TRANSIENT_FAILURE[err.kind] and not err.sent then return true end
  if not repeatable then return false end
  if not err.status then return TRANSIENT_FAILURE[err.kind] == true end
  if err.status >= 500 and err.kind ~= "server" then return false end  -- refused in Gumroad's own words
  return TRANSIENT_STATUS[err.status] == true or (err.status >= 520 and err.status < 530)
end

--- Whether a request that ended so may have been carried out all the same: it arrived, perhaps,
-- and what came back says nothing of what became of it.
-- @param err gumroad.Error
function retry.is_outcome_unknown(err)
  if not err.status then return err.sent == true end
  return err.kind == "server" or err.kind == "decode" or err.status == 408
end

--- The pause before the next attempt.
-- @param err      gumroad.Error with `retryable` and `retry_after`
-- @param attempt  how many were made
-- @param attempts how many may be made
-- @param random   function() -> 0 <= x < 1
-- @return number of seconds, or nil: do not try again
function retry.pause(err, attempt, attempts, random)
  if not err.retryable or attempt >= attempts then return nil end
  local asked = err.retry_after or 0
  if asked > LONGEST_WAIT then return nil end  -- too long to hold a caller; the error tells it
  return math.max(asked, random() * math.min(FIRST_PAUSE * 2 ^ (attempt - 1), LONGEST_PAUSE))
end

return retry
