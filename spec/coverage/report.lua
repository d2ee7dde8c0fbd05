-- Prints how many lines of each room ran, according to the files of coverage.c in a folder, and fails if a room is
-- below the floor: lua5.4 spec/coverage/report.lua FOLDER FLOOR
--
-- luac lists the lines that can run. activelines of the debug library only covers the main chunk.
local folder, floor = arg[1], tonumber(arg[2])

local NAME_SIZE, MAX_LINES = 120, 8192
local NOT_COUNTED = { ["loop/nginx.lua"] = "runs only in nginx's LuaJIT" }

local function lines_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  assert(pipe:close(), command .. " failed")
  return text:gmatch("[^\n]+")
end

-- { file = { line = true } } for the lines that ran in any process.
local function read_ran()
  local ran = {}
  for path in lines_of(("find '%s' -type f"):format(folder)) do
    local file = assert(io.open(path, "rb"))
    local record = file:read(NAME_SIZE + MAX_LINES)
    while record and record:byte(1) ~= 0 do
      local name = record:match("^[^\0]*")
      ran[name] = ran[name] or {}
      for at in record:sub(NAME_SIZE + 1):gmatch("()\1") do ran[name][at - 1] = true end
      record = file:read(NAME_SIZE + MAX_LINES)
    end
    file:close()
  end
  return ran
end

local function existing_lines(name)
  local exist = {}
  for line in lines_of("luac5.4 -l -p lua/gumroad/" .. name) do
    local number, instruction = line:match("^\t%d+\t%[(%d+)%]\t(%S+)")
    if number and instruction ~= "VARARGPREP" then exist[tonumber(number)] = true end
  end
  return exist
end

local function ranges(numbers)
  local parts, first, last = {}, nil, nil
  table.sort(numbers)
  for _, number in ipairs(numbers) do
    if last and number == last + 1 then last = number
    else
      if first then parts[#parts + 1] = first == last and tostring(first) or first .. "-" .. last end
      first, last = number, number
    end
  end
  if first then parts[#parts + 1] = first == last and tostring(first) or first .. "-" .. last end
  return table.concat(parts, " ")
end

local rooms, names, missed = {}, {}, {}
local ran = read_ran()
for path in lines_of("find lua/gumroad -name '*.lua' | sort") do
  local name = path:match("^lua/gumroad/(.*)$")
  local room_name = name:match("^([^/]*)/") or name
  if NOT_COUNTED[name] then
    print(("not counted: %s, which %s"):format(name, NOT_COUNTED[name]))
  else
    if not rooms[room_name] then rooms[room_name], names[#names + 1] = { ran = 0, all = 0 }, room_name end
    local room, left = rooms[room_name], {}
    for line in pairs(existing_lines(name)) do
      room.all = room.all + 1
      if ran[name] and ran[name][line] then room.ran = room.ran + 1 else left[#left + 1] = line end
    end
    if #left > 0 then missed[#missed + 1] = ("%s: %s"):format(name, ranges(left)) end
  end
end

local ok, all = true, { ran = 0, all = 0 }
for _, name in ipairs(names) do
  local room = rooms[name]
  local percent = room.all > 0 and room.ran / room.all * 100 or 100
  local is_low = percent < floor
  ok = ok and not is_low
  all.ran, all.all = all.ran + room.ran, all.all + room.all
  print(("%-16s %5.1f %%  %5d of %5d lines%s"):format(name, percent, room.ran, room.all,
    is_low and ("  below the floor of %d %%"):format(floor) or ""))
end
print(("%-16s %5.1f %%  %5d of %5d lines"):format("all", all.ran / all.all * 100, all.ran, all.all))
local file = assert(io.open("build/coverage-missed.txt", "w"))
file:write(table.concat(missed, "\n"), "\n")
file:close()
os.exit(ok)
