--- Gumroad's help articles.
local finders = require "gumroad.emulator.shop.finders"
local json = require "gumroad.emulator.http.json"

local ARTICLES = {
  { "66-gumroads-fees", "Gumroad's fees", "What you pay", "Gumroad takes a share of each sale." },
  { "280-create-an-api-application", "Create an API application", "Tokens for your programs",
    "Open the settings, then Advanced, then Applications." },
}

local help_articles = {}

local Article = json.shape { "slug", "title", "description", "url", "content" }
local Count = json.shape { "count" }

local function show(article, content)
  return Article { slug = article[1], title = article[2], description = article[3], content = content,
    url = "https://gumroad.com/help/article/" .. article[1] }
end

local function is_about(article, words)
  return table.concat(article, " "):lower():find(words:lower(), 1, true) ~= nil
end

function help_articles.list(_, request)
  local out = {}
  for _, article in ipairs(ARTICLES) do
    if is_about(article, request:text "query" or "") then out[#out + 1] = show(article) end
  end
  return out, nil, Count { count = #out }
end

local on_article = finders.new("help_article", function(_, request)
  for _, article in ipairs(ARTICLES) do
    if article[1] == request:text "slug" then return article end
  end
end)

help_articles.get = on_article(function(_, _, article)
  return show(article, article[4])
end)

return help_articles
