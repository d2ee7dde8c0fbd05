--- Emails to the audience.
local catalog = require "gumroad.emulator.shop.catalog"
local date = require "gumroad.base.date"
local fields = require "gumroad.emulator.http.fields"
local finders = require "gumroad.emulator.shop.finders"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local links = require "gumroad.emulator.views.links"
local paging = require "gumroad.emulator.http.paging"
local Store = require "gumroad.emulator.shop.store"

local MONTH = 30 * 86400
local FOLLOWERS = 31
local STATES = { published = true, scheduled = true, draft = true }
local WRONG_TYPE = "Invalid type. Valid values are: published, scheduled, draft."
local UNABLE = "The email was unable to be modified."

local AUDIENCES = {
  all = "audience", audience = "audience", customers = "seller", seller = "seller",
  followers = "follower", follower = "follower", product = "product",
}

local emails = {}

local Email = json.shape { "id", "subject", "message", "audience_type", "product_id", "state",
  "published_at", "scheduled_at", "send_emails", "shown_on_profile", "audience_count",
  "recipients_count", "url", "created_at", "updated_at" }

local function audience_count(shop, email)
  if email.audience == "product" then return catalog.sold(shop, email.product) end
  local customers = email.audience ~= "follower" and shop.sale_count or 0
  return customers + (email.audience ~= "seller" and FOLLOWERS or 0)
end

local function show(shop, email)
  local sent = email.state == "published"
  local null = json.null
  return Email {
    id = email.id, subject = email.subject, message = email.message, audience_type = email.audience,
    product_id = email.product and email.product.id or null, state = email.state,
    published_at = format.iso_or_null(email.published), scheduled_at = format.iso_or_null(email.scheduled),
    send_emails = true, shown_on_profile = false, audience_count = audience_count(shop, email),
    recipients_count = sent and audience_count(shop, email) or null,
    url = sent and links.PROFILE .. "/p/" .. links.slug(email.subject) or null,
    created_at = format.iso(email.created), updated_at = format.iso(email.updated),
  }
end

local function publish(email, time)
  email.state, email.published, email.scheduled = "published", time, nil
  email.updated = time
end

local function add(store, created, subject, message)
  return store:add { subject = subject, message = message, state = "draft", audience = "seller",
    created = created, updated = created }
end

-- Adds the emails at the start: one for each of twelve months, the last one still a draft.
local function add_letters(store, shop)
  for month = 12, 1, -1 do
    local time = shop.started_at - month * MONTH
    local email = add(store, time, ("Studio letter No. %d"):format(13 - month), "<p>Hello</p>")
    if month > 1 then publish(email, time + 3600) end
  end
end

local function emails_of(shop)
  return Store.of(shop, "emails", "email", add_letters)
end

function emails.list(shop, request)
  local type, store = request:text "type", emails_of(shop)
  if type and not STATES[type] then return request:bad(WRONG_TYPE) end
  return paging.page(request, {
    count = #store, created = function(place) return store[place].created end,
    keep = function(place) return not type or store[place].state == type end,
    show = function(place) return show(shop, store[place]) end,
  })
end

function emails.create(shop, request)
  local subject, body = request:text "subject", request:text "body"
  if fields.is_blank(subject) then return request:refuse "Subject can't be blank" end
  if fields.is_blank(body) then return request:refuse "Body can't be blank" end
  local audience = AUDIENCES[request:text "audience" or "all"]
  if not audience then return request:refuse "Audience is not included in the list" end
  local product = catalog.find(shop, request:text "product_id" or request:text "link_id" or "")
  if audience == "product" and not product then return request:missing "product" end
  local email = add(emails_of(shop), shop:time(), subject, body)
  email.audience, email.product = audience, audience == "product" and product or nil
  if fields.truth(request:text "publish") or request:text "draft" == "false" then publish(email, email.created) end
  return show(shop, email)
end

local on_email = finders.record("email", emails_of)

-- Creates a handler that acts on an email and then shows it.
-- @param act function(shop, request, email) -> refusal or nil, extra fields of the response
local function acting(act)
  return on_email(function(shop, request, email)
    local refused, extra_fields = act(shop, request, email)
    if refused then return refused end
    return show(shop, email), nil, extra_fields
  end)
end

emails.get = acting(function() end)

--- Gumroad sends the email to the seller. The emulator sends nothing.
emails.preview = acting(function(_, _, email)
  return nil, json.dict(
    "preview_url", ("https://gumroad.com/emails/%s/edit?preview_post=true"):format((email.id:gsub("=", "%%3D"))),
    "message", "A preview has been sent to your email.")
end)

emails.send = acting(function(shop, request, email)
  if email.state == "published" then return request:refuse(UNABLE) end
  publish(email, shop:time())
end)

emails.schedule = acting(function(shop, request, email)
  local time = date.parse(request:text "to_be_published_at" or "")
  if email.state == "published" or not time or time <= shop:time() then return request:refuse(UNABLE) end
  email.state, email.scheduled, email.updated = "scheduled", time, shop:time()
end)

emails.unschedule = acting(function(shop, request, email)
  if email.state ~= "scheduled" then return request:refuse(UNABLE) end
  email.state, email.scheduled, email.updated = "draft", nil, shop:time()
end)

emails.delete = on_email(function(shop, _, email)
  emails_of(shop):remove(email)
end)

return emails
