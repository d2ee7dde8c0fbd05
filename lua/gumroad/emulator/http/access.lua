--- Who may ask, and who wants to be told: tokens and webhooks. Methods of
-- gumroad.emulator.shop.
local access = {}

local function scope_set(text)
  local set = {}
  for scope in text:gmatch("%S+") do set[scope] = true end
  return set
end

--- Makes a token good for scopes (a text, separated by spaces), for an application.
-- @return the token's record
function access:grant(token, scopes, application)
  self.tokens[token] = { access_token = token, scope = scopes, scopes = scope_set(scopes),
    application = application, created = self:time() }
  return self.tokens[token]
end

--- What happens when the user revokes an application: its tokens are good no more, and
-- nobody is told of anything in its name.
function access:revoke_application(application)
  for _, token in pairs(self.tokens) do
    if token.application == application then token.revoked = true end
  end
  for _, hook in ipairs(self.hooks) do
    if hook.application == application then hook.deleted = true end
  end
end

--- Whether an application may still be told of sales: it has an unrevoked token for that.
function access:may_notify(application)
  for _, token in pairs(self.tokens) do
    if token.application == application and not token.revoked
      and (token.scopes.view_sales or token.scopes.account) then
      return true
    end
  end
  return false
end

--- Subscribes an application to a sort of event.
-- @param format "form" or "json": what its pings are written in
function access:add_hook(application, resource_name, post_url, format)
  local number = #self.hooks + 1
  self.hooks[number] = { id = self:id("hook", number), application = application,
    resource_name = resource_name, post_url = post_url, format = format }
  return self.hooks[number]
end

function access:find_hook(id)
  for _, hook in ipairs(self.hooks) do
    if hook.id == id then return hook end
  end
end

return access
