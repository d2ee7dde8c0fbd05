--- The scopes that an application may ask for, besides the older refund_sales, which newer servers refuse.
local scopes = { "view_public", "view_profile", "edit_products", "view_sales", "mark_sales_as_shipped", "edit_sales",
  "edit_emails", "edit_profile", "view_payouts", "view_tax_data", "revenue_share", "ifttt", "account" }

--- @return table with true for each
function scopes.set()
  local set = {}
  for _, scope in ipairs(scopes) do set[scope] = true end
  return set
end

return scopes
