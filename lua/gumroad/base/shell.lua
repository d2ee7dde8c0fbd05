--- Words of a shell command.
local shell = {}

--- Quotes a text, so that a shell reads it as one word whatever is in it.
function shell.quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- Writes a text as one word of a shell command, with quotes only if it needs them.
function shell.word(text)
  return text:find("^[%w_.,:/@+-]+$") and text or shell.quote(text)
end

return shell
