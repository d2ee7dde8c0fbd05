--- Removes tags and attributes from HTML that sellers write. It is not fully known what the server removes; this
-- removes what could run or embed foreign code. The time is linear, because a page may be long and may contain
-- anything.
local html = {}

local REFUSED_TAGS = { "iframe", "object", "embed", "base" }

-- Finds the next tag that begins with a text.
-- @param lower the page in lower case
-- @param start such as "<iframe" or "</iframe"
-- @return the positions of its first and last byte, or nil
local function find_tag(lower, start, from)
  local first, last = lower:find(start, from, true)
  while first and lower:find("^%w", last + 1) do first, last = lower:find(start, last + 1, true) end
  local close = first and lower:find(">", last + 1, true)
  if close then return first, close end
end

-- Removes what a function finds.
-- @param find function(from) -> positions of the first and last byte to remove, or nil
-- @return the rest, how many pieces were removed
local function remove(text, find)
  local out, count, from = {}, 0, 1
  local first, last = find(from)
  while first do
    count = count + 1
    out[count] = text:sub(from, first - 1)
    from = last + 1
    first, last = find(from)
  end
  out[count + 1] = text:sub(from)
  return table.concat(out), count
end

-- Finds elements, from the opening to the closing tag.
local function remove_elements(text, name)
  local lower = text:lower()
  return remove(text, function(from)
    local first, last = find_tag(lower, "<" .. name, from)
    if not first then return nil end
    local _, stop = lower:find("</" .. name .. "%s*>", last + 1)
    if stop then return first, stop end
  end)
end

-- Creates a finder of tags that remembers the next one.
-- @return function(from) -> result of find_tag; `from` must not decrease
local function tag_finder(lower, start)
  local first, last = find_tag(lower, start, 1)
  return function(from)
    if first and first < from then first, last = find_tag(lower, start, from) end
    return first, last
  end
end

-- Finds tags without a counterpart.
local function remove_single_tags(text, name)
  local lower = text:lower()
  local next_open, next_close = tag_finder(lower, "<" .. name), tag_finder(lower, "</" .. name)
  return remove(text, function(from)
    local open, open_end = next_open(from)
    local close, close_end = next_close(from)
    if close and not (open and open < close) then return close, close_end end
    return open, open_end
  end)
end

--- Removes elements with their contents.
-- @return the rest, the names of the removed tags, how many were removed
function html.remove_tags(text)
  local names, total = {}, 0
  for _, name in ipairs(REFUSED_TAGS) do
    local elements, tags
    text, elements = remove_elements(text, name)
    text, tags = remove_single_tags(text, name)
    if elements + tags > 0 then names[#names + 1] = name end
    total = total + elements + tags
  end
  return text, names, total
end

--- Removes attributes that run scripts, such as onclick.
-- @return the rest, the names of the removed attributes, how many were removed
function html.remove_attributes(text)
  local seen, names, unclosed = {}, {}, {}
  local clean, total = remove(text, function(from)
    local first, last, name, quote = text:find("%s([oO][nN]%a+)%s*=%s*([\"'])", from)
    while first do
      local close = not unclosed[quote] and text:find(quote, last + 1, true)
      if close then
        name = name:lower()
        if not seen[name] then names[#names + 1] = name end
        seen[name] = true
        return first, close
      end
      unclosed[quote] = true
      first, last, name, quote = text:find("%s([oO][nN]%a+)%s*=%s*([\"'])", first + 1)
    end
  end)
  return clean, names, total
end

return html
