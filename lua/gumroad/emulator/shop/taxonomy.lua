--- The categories that products can have.
local taxonomy = {}

local function add(id, parent, name, label)
  local path = parent and parent.path .. "/" .. name or name
  taxonomy[#taxonomy + 1] = { id = id, name = name, label = label, path = path,
    parent_id = parent and parent.id }
  return taxonomy[#taxonomy]
end

local drawing = add(65, nil, "drawing-and-painting", "Drawing & Painting")
add(66, drawing, "artwork-and-commissions", "Artwork & Commissions")
add(67, drawing, "procreate", "Procreate")
local music = add(90, nil, "music-and-sound-design", "Music & Sound Design")
add(91, music, "sound-design", "Sound Design")

--- Finds a category by its path or its id, which may be a string or a number.
function taxonomy.find(path_or_id)
  for _, category in ipairs(taxonomy) do
    if category.path == path_or_id or category.id == tonumber(path_or_id) then return category end
  end
end

return taxonomy
