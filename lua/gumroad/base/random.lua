--- Random texts that nobody can guess, from the operating system.
local random = {}

--- Returns `count` random bytes as hexadecimal digits; nil if the system has no /dev/urandom.
function random.hex(bytes)
  local source = io.open("/dev/urandom", "rb")
  local data = source and source:read(bytes)
  if source then source:close() end
  if not data or #data < bytes then return nil end
  return (data:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

return random
