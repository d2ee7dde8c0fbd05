--- HTML pages that sellers write: the operations that products and the profile have in common.
local html_rules = require "gumroad.emulator.shop.html"
local json = require "gumroad.emulator.http.json"

local MOST_CHARACTERS = 500000

local landing_pages = {}

local Report = json.shape { "removed_tags", "removed_attributes", "total_removed", "truncated" }
local Preview = json.shape { "custom_html", "sanitization_report" }
local Change = json.shape { "custom_html", "previous_custom_html", "sanitization_report", "landing_url",
  "profile_url" }
local Shown = json.shape { "custom_html", "rendered_html", "has_landing_page", "landing_url",
  "profile_url" }
local ExtraFields = json.shape { "previous_custom_html", "sanitization_report" }
local ReportOnly = json.shape { "sanitization_report" }

--- Removes what is not allowed in HTML.
-- @return the rest, the report | nil, message, the report
function landing_pages.clean(html)
  local clean, tags, tags_count = html_rules.remove_tags(html)
  local attributes, count
  clean, attributes, count = html_rules.remove_attributes(clean)
  local report = Report { removed_tags = tags, removed_attributes = attributes,
    total_removed = tags_count + count, truncated = false }
  if #html > MOST_CHARACTERS then
    return nil, "Custom html is too long (maximum is 500000 characters)", report
  end
  return clean, report
end

local function refuse(request, fault, report)
  return request:refuse(fault, ReportOnly { sanitization_report = report })
end

--- Handles a preview.
-- @return the handler's result
function landing_pages.preview(request)
  local clean, report, more = landing_pages.clean(request:text "custom_html" or "")
  if not clean then return refuse(request, report, more) end
  return Preview { custom_html = clean, sanitization_report = report }
end

--- Sets a record's custom_html; "" removes it.
-- @return extra fields of the response | nil, the handler's result
function landing_pages.set(record, request, html)
  local clean, report, more = landing_pages.clean(html)
  if not clean then return nil, refuse(request, report, more) end
  local before = record.custom_html or json.null
  record.custom_html = clean ~= "" and clean or nil
  return ExtraFields { previous_custom_html = before, sanitization_report = report }
end

--- Handles a change.
-- @param urls table: landing_url or profile_url
-- @return the handler's result
function landing_pages.change(record, request, html, urls)
  local done, refusal = landing_pages.set(record, request, html)
  if not done then return refusal end
  return Change { custom_html = record.custom_html or json.null, landing_url = urls.landing_url,
    previous_custom_html = done.previous_custom_html, profile_url = urls.profile_url,
    sanitization_report = done.sanitization_report }
end

local function occurrences(text, part)
  local count, at = 0, 1
  while true do
    local first, last = text:find(part, at, true)
    if not first then return count end
    count, at = count + 1, last + 1
  end
end

--- Handles the replacement of a piece of the page.
-- @return the handler's result
function landing_pages.edit(record, request, urls)
  local find, html = request:text "find" or "", record.custom_html or ""
  local count = find ~= "" and occurrences(html, find) or 0
  if count ~= 1 then return request:refuse(("find must occur exactly once, it occurs %d times"):format(count)) end
  local first, last = html:find(find, 1, true)
  local changed = html:sub(1, first - 1) .. (request:text "replace" or "") .. html:sub(last + 1)
  return landing_pages.change(record, request, changed, urls)
end

--- Returns a record's page.
-- @param urls table: landing_url, or profile_url and rendered_html
function landing_pages.show(record, urls)
  return Shown { custom_html = record.custom_html or json.null, rendered_html = urls.rendered_html,
    has_landing_page = record.custom_html ~= nil, landing_url = urls.landing_url,
    profile_url = urls.profile_url }
end

--- Returns a whole HTML document with the seller's HTML in it.
function landing_pages.render(body)
  return "<!DOCTYPE html><html><body>" .. body .. "</body></html>"
end

return landing_pages
