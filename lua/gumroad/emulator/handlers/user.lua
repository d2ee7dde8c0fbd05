--- The seller whose token it is.
local views = require "gumroad.emulator.views"

local user = {}

function user.get(shop, request)
  return views.user(shop, request.token.scopes)
end

return user
