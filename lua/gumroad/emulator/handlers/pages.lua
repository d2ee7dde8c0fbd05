--- Pages of the profile. A page's address is its slug.
local fields = require "gumroad.emulator.http.fields"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local Kept = require "gumroad.emulator.shop.store"
local landing = require "gumroad.emulator.shop.landing_pages"
local views = require "gumroad.emulator.views"

local pages = {}

local Page = json.shape { "slug", "title", "content", "custom_html", "url", "created_at", "updated_at" }
local Rendered = json.shape { "rendered_html" }

local function pages_of(shop)
  return Kept.of(shop, "pages", "page", function(kept)
    local created = shop.started_at - 80 * 86400
    kept:add { slug = "about", title = "About", content = "<p>Hi, I am Ana.</p>", created = created,
      updated = created + 86400 }
  end)
end

local function show(page, only_metadata)
  local whole = not only_metadata
  return Page {
    slug = page.slug, title = page.title, url = views.PROFILE .. "/" .. page.slug,
    content = whole and (page.content or json.null) or nil,
    custom_html = whole and (page.custom_html or json.null) or nil,
    created_at = format.iso(page.created), updated_at = format.iso(page.updated),
  }
end

local function on_page(act)
  return function(shop, request)
    local page = pages_of(shop):find(request.path_params.slug, "slug")
    if not page then return request:missing "page" end
    return act(shop, request, page)
  end
end

-- Sets what was sent; one representation clears the other.
-- @return the report on custom_html, if there is one | nil, the handler's whole answer
local function set_body(page, request)
  local content, html = request:text "content", request:text "custom_html"
  if content and html then
    return nil, request:refuse "Provide either content or custom_html, not both."
  end
  if content then page.content, page.custom_html = content, nil end
  if not html then return nil end
  local beside, refusal = landing.set(page, request, html)
  if not beside then return nil, refusal end
  page.content, beside.previous_custom_html = nil, nil
  return beside
end

function pages.list(shop, request)
  local out = {}
  for i, page in ipairs(pages_of(shop)) do
    out[i] = show(page, fields.truth(request:text "metadata_only"))
  end
  return out
end

pages.get = on_page(function(_, request, page)
  if fields.truth(request:text "source_only") then return show(page) end
  local rendered = landing.render(page.content or page.custom_html or "")
  return show(page), nil, Rendered { rendered_html = rendered }
end)

local function slug_of(title)
  return (title:lower():gsub("[^%w]+", "-"):gsub("^%-", ""):gsub("%-$", ""))
end

function pages.create(shop, request)
  local title = request:text "title"
  if fields.is_blank(title) then return request:refuse "Title can't be blank" end
  local page = { title = title, slug = request:text "slug" or slug_of(title), created = shop:time(),
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
