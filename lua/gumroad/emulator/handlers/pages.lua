--- Pages of the profile. A page is identified by its slug.
local fields = require "gumroad.emulator.http.fields"
local finders = require "gumroad.emulator.shop.finders"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local landing_pages = require "gumroad.emulator.shop.landing_pages"
local links = require "gumroad.emulator.views.links"
local Store = require "gumroad.emulator.shop.store"

local pages = {}

local Page = json.shape { "slug", "title", "content", "custom_html", "url", "created_at", "updated_at" }
local Rendered = json.shape { "rendered_html" }

local function pages_of(shop)
  return Store.of(shop, "pages", "page", function(store)
    local created = shop.started_at - 80 * 86400
    store:add { slug = "about", title = "About", content = "<p>Hi, I am Ana.</p>", created = created,
      updated = created + 86400 }
  end)
end

local function show(page, only_metadata)
  local whole = not only_metadata
  return Page {
    slug = page.slug, title = page.title, url = links.PROFILE .. "/" .. page.slug,
    content = whole and json.or_null(page.content) or nil,
    custom_html = whole and json.or_null(page.custom_html) or nil,
    created_at = format.iso(page.created), updated_at = format.iso(page.updated),
  }
end

local on_page = finders.record("page", pages_of, "slug")

-- Sets the fields that were sent. content and custom_html replace each other.
-- @return the report on custom_html, if there is one | nil, the handler's result
local function set_body(page, request)
  local content, html = request:text "content", request:text "custom_html"
  if content and html then
    return nil, request:refuse "Provide either content or custom_html, not both."
  end
  if content then page.content, page.custom_html = content, nil end
  if not html then return nil end
  local extra_fields, refusal = landing_pages.set(page, request, html)
  if not extra_fields then return nil, refusal end
  page.content, extra_fields.previous_custom_html = nil, nil
  return extra_fields
end

function pages.list(shop, request)
  return json.list(pages_of(shop), show, fields.truth(request:text "metadata_only"))
end

pages.get = on_page(function(_, request, page)
  if fields.truth(request:text "source_only") then return show(page) end
  local rendered = landing_pages.render(page.content or page.custom_html or "")
  return show(page), nil, Rendered { rendered_html = rendered }
end)

function pages.create(shop, request)
  local title = request:text "title"
  if fields.is_blank(title) then return request:refuse "Title can't be blank" end
  local page = { title = title, slug = request:text "slug" or links.slug(title), created = shop:time(),
    updated = shop:time() }
  if pages_of(shop):find(page.slug, "slug") then return request:refuse "Slug has already been taken" end
  local report, refusal = set_body(page, request)
  if refusal then return refusal end
  return show(pages_of(shop):add(page)), nil, report
end

pages.update = on_page(function(shop, request, page)
  local title = request:text "title"
  if title and fields.is_blank(title) then return request:refuse "Title can't be blank" end
  local report, refusal = set_body(page, request)
  if refusal then return refusal end
  page.title, page.updated = title or page.title, shop:time()
  return show(page), nil, report
end)

pages.delete = on_page(function(shop, _, page)
  pages_of(shop):remove(page)
end)

return pages
