--- The scopes of access tokens: { SCOPE, DESCRIPTION [, no_longer_granted = true] [, partners_only = true] }.
--
-- * `no_longer_granted`: newer servers refuse to grant it. Tokens that have it keep it.
-- * `partners_only`: not for ordinary applications.
local scopes = {
  { "view_public", "read public data" },
  { "view_profile", "read the profile, the email address and media" },
  { "edit_products", "edit products with everything in them, licenses, files, upsells, links and the refund policy" },
  { "view_sales", "read sales and subscribers, manage webhooks" },
  { "mark_sales_as_shipped", "mark sales as shipped" },
  { "refund_sales", "refund sales; can no longer be requested", no_longer_granted = true },
  { "edit_sales", "refund sales, resend receipts, revoke buyers' access" },
  { "edit_emails", "edit and send emails, edit workflows" },
  { "edit_profile", "edit the name, the bio, the profile page, other pages and media" },
  { "view_payouts", "read payouts" },
  { "view_tax_data", "read tax forms and earnings" },
  { "revenue_share", "for partners", partners_only = true },
  { "ifttt", "for partners", partners_only = true },
  { "account", "nearly everything that the other scopes allow" },
}

--- The descriptions of the scopes by name.
scopes.descriptions = {}

--- The names of the scopes that an ordinary application may request, in order.
scopes.ordinary = {}

for _, row in ipairs(scopes) do
  scopes.descriptions[row[1]] = row[2]
  if not (row.no_longer_granted or row.partners_only) then scopes.ordinary[#scopes.ordinary + 1] = row[1] end
end

--- The scopes that an application may request.
-- @return table with true under each name
function scopes.set()
  local set = {}
  for _, row in ipairs(scopes) do set[row[1]] = not row.no_longer_granted or nil end
  return set
end

return scopes
