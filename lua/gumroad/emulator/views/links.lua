--- URLs in responses and pings.
local links = {}

--- The seller's profile.
links.PROFILE = "https://anapetrova.gumroad.com"

--- Returns the URL of a product's page.
function links.product(product)
  return links.PROFILE .. "/l/" .. (product.custom_permalink or product.permalink)
end

--- Converts a title for a URL.
function links.slug(title)
  return (title:lower():gsub("[^%w]+", "-"):gsub("^%-", ""):gsub("%-$", ""))
end

--- Returns the URL of a PNG.
-- @param name its name without the extension
function links.image(name)
  return links.file(name .. ".png")
end

--- Returns the URL of a public file.
function links.file(path)
  return "https://public-files.example.com/" .. path
end

return links
