--- How many requests Gumroad lets through: one row for each of its throttles.
--
-- A row: { METHOD, PATH, REQUESTS, SECONDS, BY [, LEVELS] }
--
-- * PATH: as in gumroad.api.operations, below the host.
-- * REQUESTS, SECONDS: so many go through in a window; windows begin at whole multiples of its length.
-- * BY: what has a count of its own: `ip`, `path`, `token`, `path_and_token`; or, of the requests that
--   it is there for alone, `late_page` (a list's page behind the tenth, by its number) and `device_code`
--   (one that asks whether the user has agreed).
-- * LEVELS: level n lets n times as many through in 8^n seconds, so that steady traffic is stopped far
--   below the first number; default: 1, that number alone.
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

--- Of the upload of a product's file: its size, that of each part but the last, in bytes, and the seconds
-- in which all parts must have begun.
limits.UPLOAD = { size = 20 * 1024 * 1024 * 1024, part = 100 * 1024 * 1024, seconds = 15 * 60 }

local PERIODS = { [60] = "a minute", [600] = "in ten minutes" }

local words = {}

for _, row in ipairs(limits) do
  row.method, row.path, row.requests, row.seconds, row.by, row.levels = row[1], row[2], row[3], row[4], row[5],
    row[6] or 1
  local place = row.method .. " " .. row.path
  if row.by ~= "late_page" and not words[place] then
    words[place] = ("At most %d %s."):format(row.requests, PERIODS[row.seconds])
  end
end

--- What holds for all requests of a method to a path, as a sentence, or nil.
function limits.words(method, path)
  return words[method .. " " .. path]
end

return limits
