--- Words of a shell command.
local shell = {}

--- Quotes a text, so that a shell reads it as one word whatever is in it.
function shell.quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

return shell
