--- What tokens may be allowed to do: { SCOPE, what that is [, no_longer_granted = true] [, partners_only = true] }.
--
-- * `no_longer_granted`: tokens that have it keep it; newer servers refuse to give it.
-- * `partners_only`: none of an ordinary application's.
local scopes = {
  { "view_public", "public reads" },
  { "view_profile", "reads of the profile, email address and media" },
  { "edit_products", "products and what belongs to them, licences, files, upsells, links, refund policy" },
  { "view_sales", "sales, subscribers and webhooks" },
  { "mark_sales_as_shipped", "marking sales as shipped" },
  { "refund_sales", "refunds; can no longer be asked for", no_longer_granted = true },
  { "edit_sales", "refunds, receipts and access of buyers" },
  { "edit_emails", "emails and workflows" },
  { "edit_profile", "name, bio, profile page, pages and media" },
  { "view_payouts", "payouts" },
  { "view_tax_data", "tax forms and earnings" },
  { "revenue_share", "of partners", partners_only = true },
  { "ifttt", "of partners", partners_only = true },
  { "account", "nearly all of these" },
}

--- The words of each scope by its name.
scopes.words = {}

--- The names of those that an ordinary application asks for, in their order.
scopes.ordinary = {}

for _, row in ipairs(scopes) do
  scopes.words[row[1]] = row[2]
  if not (row.no_longer_granted or row.partners_only) then scopes.ordinary[#scopes.ordinary + 1] = row[1] end
end

--- Those that an application may ask for.
-- @return table with true for each
function scopes.set()
  local set = {}
  for _, row in ipairs(scopes) do set[row[1]] = not row.no_longer_granted or nil end
  return set
end

return scopes
