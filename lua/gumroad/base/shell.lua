--- Words of a shell command.
local shell = {}

--- A text as one word, whatever is in it.
function shell.quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

return shell
