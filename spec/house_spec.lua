-- The rooms of lua/gumroad: which module may require which. The spec reads every string of the source that is the
-- name of a module, so requires inside functions and names in tables count too.
local support = require "support"

-- From the bottom up: a room may require itself and the rooms before it. `faces` are what other rooms may
-- require of it, as patterns for the name after "gumroad."; everything else is private.
local ROOMS = {
  { "api", faces = { "^api$", "^api%.[^.]+$", "^schema$" }, modules = { schema = true } },
  { "base", faces = { "^base%.[^.]+$", "^version$" }, modules = { version = true } },
  { "sale", faces = { "^sale$" } },
  { "loop", faces = { "^loop$" } },
  { "client", faces = { "^client$", "^client%.http$", "^client%.mask$", "^client%.tls$", "^http$" },
    modules = { http = true } },
  { "resources", faces = { "^resources$", "^resources%.params$" } },
  { "shop", faces = { "^shop$" } },
  { "webhook", faces = { "^webhook$", "^webhook%.[^.]+$" } },
  { "oauth", faces = { "^oauth$", "^oauth%.pkce$" } },
  { "connections", faces = { "^connections$" } },
  { "emulator", faces = { "^emulator$", "^emulator%.pings$", "^emulator%.pings%.[^.]+$" } },
  { "watch", faces = { "^watch$" } },
  { "gumroad", faces = { "^$" }, modules = { [""] = true } },
  { "nginx", faces = {} },
  { "cli", faces = { "^cli$" } },
}
local C_MODULES = { core = true, listener = true, system = true }
local MAY_LOAD_C = { ["base.c_modules"] = true }  -- in the two lowest rooms

local rank, room_of_module = {}, {}
for i, room in ipairs(ROOMS) do
  rank[room[1]] = i
  for name in pairs(room.modules or {}) do room_of_module[name] = room[1] end
end

-- The name of a module without "gumroad.", or "" for the library itself.
local function room_of(name)
  local room = room_of_module[name] or name:match("^[^.]*")
  return rank[room] and room
end

-- The strings of a Lua source, without its comments. Long strings contain no names.
local function strings_of(source)
  local found, at = {}, 1
  while at <= #source do
    local char = source:sub(at, at)
    local long = source:match("^%-?%-?%[(=*)%[", at)
    if long and (char == "[" or source:sub(at, at + 1) == "--") then
      local _, stop = source:find("]" .. long .. "]", at, true)
      at = (stop or #source) + 1
    elseif source:sub(at, at + 1) == "--" then
      at = source:find("\n", at, true) or #source + 1
    elseif char == '"' or char == "'" then
      local stop = at + 1
      while source:sub(stop, stop) ~= char and stop <= #source do
        stop = stop + (source:sub(stop, stop) == "\\" and 2 or 1)
      end
      found[#found + 1] = source:sub(at + 1, stop - 1)
      at = stop + 1
    else
      at = at + 1
    end
  end
  return found
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

-- { name = source } for all modules.
local function read_modules()
  local modules = {}
  for path in support.output("find lua/gumroad -name '*.lua'"):gmatch("[^\n]+") do
    local name = path:match("^lua/gumroad/(.*)%.lua$"):gsub("/", "."):gsub("%.?init$", "")
    modules[name] = read(path)
  end
  return modules
end

-- The modules that a string names: one module, or all modules whose names begin with it, as in
-- require("gumroad.cli.commands." .. name).
local function named_by(text, modules)
  local name = text == "gumroad" and "" or text:match("^gumroad%.(.+)$")
  if not name then return {} end
  if modules[name] or C_MODULES[name] then return { name } end
  local all = {}
  if name:sub(-1) == "." then
    for module in pairs(modules) do
      if module:sub(1, #name) == name then all[#all + 1] = module end
    end
  end
  return all
end

-- { name = { names that it requires } }, sorted
local function read_edges(modules)
  local edges = {}
  for name, source in pairs(modules) do
    local seen, list = {}, {}
    for _, text in ipairs(strings_of(source)) do
      for _, known in ipairs(named_by(text, modules)) do
        if known ~= name and not seen[known] then
          seen[known], list[#list + 1] = true, known
        end
      end
    end
    table.sort(list)
    edges[name] = list
  end
  return edges
end

local function is_face(name)
  for _, pattern in ipairs(ROOMS[rank[room_of(name)]].faces) do
    if name:find(pattern) then return true end
  end
  return false
end

local function fault_of(from, to)
  local room = room_of(from)
  if C_MODULES[to] then
    return rank[room] <= rank.base and not MAY_LOAD_C[from] and "the ground loads no C" or nil
  end
  local other = room_of(to)
  if room == other then return nil end
  if rank[other] > rank[room] then return "upward" end
  return not is_face(to) and "no face of its room" or nil
end

-- A cycle as a string, or nil.
local function find_cycle(edges)
  local state, path = {}, {}
  local function visit(name)
    if state[name] == "done" then return nil end
    path[#path + 1] = name
    if state[name] then return table.concat(path, " -> ") end
    state[name] = "open"
    for _, known in ipairs(edges[name] or {}) do
      local cycle = visit(known)
      if cycle then return cycle end
    end
    state[name], path[#path] = "done", nil
  end
  for name in pairs(edges) do
    local cycle = visit(name)
    if cycle then return cycle end
  end
end

describe("the rooms of lua/gumroad", function()
  local modules = read_modules()
  local edges = read_edges(modules)

  it("contain every module", function()
    local homeless = {}
    for name in pairs(modules) do
      if not room_of(name) then homeless[#homeless + 1] = name end
    end
    assert.same({}, homeless)
  end)

  it("require only rooms below them, by their faces", function()
    local faults = {}
    for name, list in pairs(edges) do
      for _, known in ipairs(list) do
        local fault = fault_of(name, known)
        if fault then faults[#faults + 1] = ("%s -> %s: %s"):format(name, known, fault) end
      end
    end
    table.sort(faults)
    assert.same({}, faults)
  end)

  it("keep the names of modules that scripts require", function()
    for _, name in ipairs { "gumroad", "gumroad.api", "gumroad.schema", "gumroad.webhook", "gumroad.oauth",
      "gumroad.connections", "gumroad.emulator", "gumroad.core", "gumroad.http", "gumroad.listener", "gumroad.sale" } do
      assert.equal("table", type(require(name)), name)
    end
    assert.equal(require "gumroad.api.schema", require "gumroad.schema")
  end)

  it("have no cycle, even with lazy requires", function()
    assert.is_nil(find_cycle(edges))
  end)

  it("would fail for an upward name in a table and for a cycle", function()
    local invented = {
      [""] = 'return { lazy = { watch = "gumroad.watch" } } -- "gumroad.cli"',
      ["watch"] = "local shop = require 'gumroad.shop'",
      ["shop"] = 'local function f() return require("gumroad.watch") end',
      ["base.url"] = 'local core = require "gumroad.core"',
    }
    local found = read_edges(invented)
    assert.same({ "watch" }, found[""])
    assert.same("upward", fault_of("shop", "watch"))
    assert.same("no face of its room", fault_of("watch", "resources.list"))
    assert.same("the ground loads no C", fault_of("base.url", "core"))
    assert.truthy(find_cycle(found))
    assert.is_nil(find_cycle(edges))
  end)
end)
