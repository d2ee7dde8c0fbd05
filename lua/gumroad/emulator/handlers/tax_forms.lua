--- Tax forms: one for each past year of the shop.
local date = require "gumroad.base.date"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"

local TYPE = "us_1099_k"

local tax_forms = {}

local Form = json.shape { "tax_year", "tax_form_type", "filed_at" }

local function year_of(time) return tonumber(os.date("!%Y", time)) end

-- Whether there is a form for a year, which is a string.
local function has_form(shop, text)
  local year = tonumber(text:match("^%d%d%d%d$"))
  return year and year >= year_of(shop.opened_at) and year < year_of(shop:time())
end

function tax_forms.list(shop, request)
  local only = request:text "year"
  if only and not has_form(shop, only) then return request:deny(404, "Tax form not found.") end
  local out = {}
  for year = year_of(shop:time()) - 1, year_of(shop.opened_at), -1 do
    if not only or year == tonumber(only) then
      out[#out + 1] = Form { tax_year = year, tax_form_type = TYPE,
        filed_at = format.iso(date.parse(("%04d-01-31"):format(year + 1))) }
    end
  end
  return out
end

-- A PDF with one empty page.
local function pdf()
  local objects = { "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>" }
  local body, index = "%PDF-1.4\n", { "0000000000 65535 f \n" }
  for i, object in ipairs(objects) do
    index[i + 1] = ("%010d 00000 n \n"):format(#body)
    body = ("%s%d 0 obj\n%s\nendobj\n"):format(body, i, object)
  end
  return ("%sxref\n0 %d\n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"):format(
    body, #index, table.concat(index), #index, #body)
end

function tax_forms.download(shop, request)
  local year = request:text "year"
  if not has_form(shop, year) or request:text "tax_form_type" ~= TYPE then
    return request:deny(404, "Tax form not found.")
  end
  return request:file(("%s_%s.pdf"):format(TYPE, year), "application/pdf", pdf())
end

return tax_forms
