--- Options that hold names with commas between, such as --events sale,refund.
local names = {}

--- A converter of an option for argparse.
-- @param known table: name -> anything
-- @return function(word) -> array | nil, message
function names.reader(option, known)
  return function(word)
    local list = {}
    for name in word:gmatch("[^,%s]+") do
      if not known[name] then
        local hint = require("gumroad.error").hint(name, known)
        return nil, ("option '%s': unknown name '%s'%s"):format(option, name, hint)
      end
      list[#list + 1] = name
    end
    if #list > 0 then return list end
    return nil, ("option '%s': names expected, with commas between"):format(option)
  end
end

return names
