--- Addresses on the web that responses and pings name.
local links = {}

--- The seller's own pages.
links.PROFILE = "https://anapetrova.gumroad.com"

--- Where anybody can see a product.
function links.product(product)
  return links.PROFILE .. "/l/" .. (product.custom_permalink or product.permalink)
end

--- A title as it stands in an address.
function links.slug(title)
  return (title:lower():gsub("[^%w]+", "-"):gsub("^%-", ""):gsub("%-$", ""))
end

--- A PNG of the seller's.
-- @param name its name without the ending
function links.image(name)
  return links.file(name .. ".png")
end

--- A file of the seller's that anybody can fetch.
function links.file(path)
  return "https://public-files.example.com/" .. path
end

return links
