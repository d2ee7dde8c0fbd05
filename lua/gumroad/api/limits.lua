--- Gumroad's rate limits: one row for each.
--
-- A row: { METHOD, PATH, REQUESTS, SECONDS, BY [, LEVELS] }
--
-- * PATH: the path below the host, with parameters written as in gumroad.api.operations.
-- * REQUESTS, SECONDS: how many requests are allowed in a time window of this length. Windows begin at
--   whole multiples of their length.
-- * BY: what is counted separately: `ip`, `path`, `token` or `path_and_token`. Two values limit only some of
--   the requests: `late_page` (pages after LATE_PAGE, requested by number) and `device_code` (polling whether
--   the user has agreed).
-- * LEVELS: level n allows n * REQUESTS in 8^n seconds, which stops steady traffic well below REQUESTS per
--   SECONDS. The default is 1: no further levels.
local LEVELS, TOKEN_LEVELS = 5, 6

local limits = {
  { "POST", "/v2/products", 10, 60, "ip", LEVELS },
  { "PUT", "/v2/products/:product_id", 30, 60, "path", LEVELS },
  { "PUT", "/v2/products/:product_id", 30, 60, "path_and_token", TOKEN_LEVELS },
  { "POST", "/v2/products/:product_id/preview_custom_html", 60, 60, "path", LEVELS },
  { "POST", "/v2/products/:product_id/preview_custom_html", 60, 60, "path_and_token", TOKEN_LEVELS },
  { "POST", "/v2/user/preview_custom_html", 60, 60, "path", LEVELS },
  { "POST", "/v2/user/preview_custom_html", 60, 60, "path_and_token", TOKEN_LEVELS },
  { "PUT", "/v2/user/custom_html", 30, 60, "path", LEVELS },
  { "PUT", "/v2/user/custom_html", 30, 60, "path_and_token", TOKEN_LEVELS },
  { "POST", "/v2/media", 20, 600, "ip" },
  { "POST", "/v2/media", 20, 600, "token" },
  { "GET", "/v2/sales", 10, 1, "late_page" },
  { "POST", "/oauth/token", 3000, 60, "ip", LEVELS },
  { "POST", "/oauth/token", 120, 60, "device_code", LEVELS },
  { "POST", "/oauth/device/code", 20, 60, "ip", LEVELS },
}

--- The last page of sales that may be requested by its number as often as one likes.
limits.LATE_PAGE = 10

--- Limits of the upload of a file for a product: the size of the file and of each part in bytes (the last part
-- may be smaller), and the seconds within which all parts must have begun.
limits.UPLOAD = { size = 20 * 1024 * 1024 * 1024, part = 100 * 1024 * 1024, seconds = 15 * 60 }

local PERIODS = { [60] = "a minute", [600] = "in ten minutes" }

local words = {}

for _, row in ipairs(limits) do
  row.method, row.path, row.requests, row.seconds, row.by, row.levels = row[1], row[2], row[3], row[4], row[5],
    row[6] or 1
  local place = row.method .. " " .. row.path
  if row.by ~= "late_page" and not words[place] then
    words[place] = ("At most %d requests %s."):format(row.requests, PERIODS[row.seconds])
  end
end

--- The limit that applies to every request with a method and a path.
-- @return a sentence such as "At most 10 requests a minute.", or nil
function limits.sentence(method, path)
  return words[method .. " " .. path]
end

--- Returns what a level of a limit allows.
-- @return how many requests, in how many seconds
function limits.level(row, level)
  return level * row.requests, level == 1 and row.seconds or 8 ^ level
end

local by_method = {}

for _, row in ipairs(limits) do
  row.pattern = "^" .. row.path:gsub(":[%w_]+", "[^/]+") .. "$"
  by_method[row.method] = by_method[row.method] or {}
  table.insert(by_method[row.method], row)
end
by_method.PATCH = by_method.PUT

--- Returns the limits that hold for requests with a method and a path.
-- @param path without the query; Gumroad's other spellings of it count as well
-- @return array of rows
function limits.matching(method, path)
  local found = {}
  path = path:gsub("^/api/v2", "/v2"):gsub("%.json$", "")
  for _, row in ipairs(by_method[method] or found) do
    if path:find(row.pattern) then found[#found + 1] = row end
  end
  return found
end

return limits
