--- shop.files:upload(path [, params [, options]]): uploads a product's file to the storage in parts, several at a
-- time. Parts are read from disk while they are sent.
--
-- A plain table, `state`, says how far an upload has come: { upload_id, key, file_url, size, changed, parts,
-- completing (whether Gumroad was asked to complete it) }. A part is { part_number, presigned_url }, or
-- { part_number, etag } once it was sent. An error has the state as `upload`, and `resume` takes it.
local limits = require "gumroad.api.limits"
local tables = require "gumroad.base.tables"
local Error = require "gumroad.base.error"
local File = require "gumroad.resources.composed.upload.file"
local storage = require "gumroad.resources.composed.upload.storage"

local MOST_BYTES = limits.UPLOAD.size
local PARALLEL = 3
local COMPLETION = 120  -- seconds, Gumroad's own limit for joining the parts

local Upload = {}
Upload.__index = Upload

function Upload.new(op, file, state)
  local upload = setmetatable({ op = op, file = file, state = state, next = 1,
    counted = {}, moved = 0, reported = 0 }, Upload)
  for number, part in ipairs(state.parts) do
    if part.etag then upload:count(number, upload:length(number)) end
  end
  return upload
end

-- Where a part begins. All parts have the same size, because the server only cares how many there are.
function Upload:offset(number)
  return math.floor((number - 1) * self.file.size / #self.state.parts)
end

function Upload:length(number)
  return self:offset(number + 1) - self:offset(number)
end

function Upload:count(number, bytes)
  self.moved = self.moved + bytes - (self.counted[number] or 0)
  self.counted[number] = bytes
end

-- Reports progress. A part that starts again does not count until it gets beyond the point where it failed.
function Upload:report(number, bytes)
  self:count(number, bytes)
  local progress = self.op.params.progress
  if not progress or self.moved <= self.reported then return end
  self.reported = self.moved
  progress { sent = self.moved, total = self.file.size, part = number, parts = #self.state.parts }
end

function Upload:send_part(number)
  local same, changed = self.file:check()
  if not same then return nil, changed end
  local part = self.state.parts[number]
  local response, err = storage.put(self.op.client, {
    url = part.presigned_url, path = self.file.path, offset = self:offset(number), length = self:length(number),
    progress = self.op.params.progress and function(bytes) self:report(number, bytes) end,
  }, self.op.options)
  if not response then return nil, err end
  if not response.headers.etag then
    return nil, Error.new("decode", "the storage accepted a part but returned no ETag for it")
  end
  part.etag, part.presigned_url = response.headers.etag, nil
  self:report(number, self:length(number))
  return true
end

-- Returns the number of the next part to send, or nil.
function Upload:take()
  local parts = self.state.parts
  while parts[self.next] and parts[self.next].etag do self.next = self.next + 1 end
  self.next = self.next + 1
  return parts[self.next - 1] and self.next - 1
end

-- Sends one part after the other. If one fails, other workers still finish theirs, which then need not be sent again.
function Upload:work()
  local number = self:take()
  while number and not self.failed do
    local sent, err = self:send_part(number)
    if not sent then
      self.failed = self.failed or err
      return nil, err
    end
    number = self:take()
  end
  return true
end

function Upload:send_parts()
  local waiting, err = self.op.client:current_loop()
  if not waiting then return nil, err end
  local workers = {}
  for i = 1, math.min(self.op.params.parallel or PARALLEL, #self.state.parts) do
    workers[i] = function() return self:work() end
  end
  local _, errors = waiting.all(workers)
  for i = 1, #workers do err = err or errors[i] end
  if self.failed or err then return nil, self.failed or err end
  return self.file:check()
end

local PERHAPS_DONE = "; Gumroad was asked to complete it before, and may have done so without a response: try the "
  .. "file_url %s"

function Upload:complete()
  local asked_before = self.state.completing
  self.state.completing = true
  local options, parts = tables.copy({ timeout = COMPLETION }, self.op.options), {}
  for number, part in ipairs(self.state.parts) do
    parts[number] = { part_number = number, etag = part.etag }
  end
  local done, err = self.op.resource("files"):complete(
    { upload_id = self.state.upload_id, key = self.state.key, parts = parts }, options)
  if err and asked_before and err.kind == "invalid" then
    Error.reword(err, err.message .. PERHAPS_DONE:format(tostring(self.state.file_url)))
  end
  return done, err
end

-- Its own errors are ignored, as the caller already gets the one that caused it.
function Upload:abort()
  self.op.resource("files"):abort({ upload_id = self.state.upload_id, key = self.state.key }, self.op.options)
end

function Upload:run()
  local done, err = self:send_parts()
  if done then done, err = self:complete() end
  if done then return done end
  if err.kind == "file" or storage.is_gone(err) then self:abort() else err.upload = self.state end
  return nil, err
end

-- A state ----------------------------------------------------------------------------------

local function is_plan(parts, size)
  if type(parts) ~= "table" or #parts < 1 or #parts > size then return false end
  for number, part in ipairs(parts) do
    local known = type(part) == "table" and part.part_number == number and (part.etag or part.presigned_url)
    if type(known) ~= "string" then return false end
  end
  return true
end

local function is_name(value)
  return type(value) == "string" and value ~= "" and not value:find("%z")
end

local function begin(op, file)
  local begun, err = op.resource("files"):presign(
    { filename = op.params.filename or file.name, file_size = file.size }, op.options)
  if not begun then return nil, err end
  if not (is_name(begun.upload_id) and is_name(begun.key) and is_plan(begun.parts, file.size)) then
    return nil, Error.new("decode", "the response has no upload with a list of parts to send")
  end
  return { upload_id = begun.upload_id, key = begun.key, file_url = begun.file_url, size = file.size,
    changed = file.changed, parts = begun.parts }
end

-- Returns a copy of the state given as `resume` | nil, error
local function earlier(op, file)
  local given = op.params.resume
  if not (is_name(given.upload_id) and is_name(given.key) and is_plan(given.parts, tonumber(given.size) or 0)) then
    Error.usage("%s: parameter 'resume': the `upload` of an earlier error expected", op.where)
  end
  if given.size ~= file.size or given.changed ~= file.changed then
    return nil, Error.new("file", file.path .. " is not the file of that upload, or has changed since: upload it "
      .. "again without `resume`")
  end
  local state = { upload_id = given.upload_id, key = given.key, file_url = given.file_url, size = given.size,
    changed = given.changed, completing = given.completing, parts = {} }
  for number, part in ipairs(given.parts) do
    state.parts[number] = { part_number = number, etag = part.etag, presigned_url = part.presigned_url }
  end
  return state
end

local function resume(op, file)
  local state, err = earlier(op, file)
  if not state then return nil, err end
  return Upload.new(op, file, state):run()
end

local EXPIRED = "; the URLs of an upload expire after 15 minutes, and every part must have started by then: on a slow "
  .. "line, raise `parallel` to send more parts at a time"

local function from_the_start(op, file)
  local state, err = begin(op, file)
  if not state then return nil, err end
  local done
  done, err = Upload.new(op, file, state):run()
  if err and storage.is_gone(err) then Error.reword(err, err.message .. EXPIRED) end
  return done, err
end

return function(op)
  local parallel = op.params.parallel
  if parallel and parallel < 1 then Error.usage("%s: parameter 'parallel': at least 1 expected", op.where) end
  local file, err = File.find(op)
  if not file then return nil, err end
  if file.size > MOST_BYTES then return nil, Error.new("file", file.path .. " is larger than 20 GB") end
  if op.params.resume then
    local done
    done, err = resume(op, file)
    if done or not storage.is_gone(err) then return done, err end
  end
  return from_the_start(op, file)
end
