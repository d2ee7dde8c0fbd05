-- The command gumroad-lua as people install it: its program, manual page and completions in the shells.
local api = require "gumroad.api"
local arguments = require "gumroad.cli.arguments"
local exit_codes = require "gumroad.cli.exit_codes"
local operation = require "gumroad.cli.operation.rows"
local registry = require "gumroad.cli.registry"
local command = require "cli.support"
local support = require "support"

local unpack = table.unpack or unpack

describe("gumroad-lua", function()
  local folder, remove

  setup(function()
    folder, remove = support.folder()
    local shells = command.batch {
      { "completion", "bash" }, { "completion", "zsh" }, { "completion", "fish" }, { "manual" },
    }
    for i, name in ipairs { "bash", "_gumroad-lua", "fish", "gumroad-lua.1" } do
      assert.equal(0, shells[i].code)
      command.write(folder .. "/" .. name, shells[i].out)
    end
  end)
  teardown(function() remove() end)

  it("starts from a checkout, in any working directory, and through the interpreter's own paths", function()
    local here = support.output "pwd"
    local lua = support.lua_command(""):match("^(%S+)")
    for _, line in ipairs { "cd / && %s %s/bin/gumroad-lua --version", "cd bin && %s gumroad-lua --version" } do
      local result = command.shell("unset LUA_PATH LUA_CPATH; " .. line:format(lua, here))
      assert.equal("gumroad-lua " .. require("gumroad")._VERSION .. "\n", result.out, result.err)
    end
  end)

  it("is installed with its library, manual page and completions, and runs from there #slow", function()
    local lua = support.lua_command(""):match("([^/%s]+) ")
    local result = command.shell(("make -s LUA=%s PREFIX=%s/usr install && unset LUA_PATH LUA_CPATH && cd / && "
      .. "%s/usr/bin/gumroad-lua manual"):format(lua, folder, folder))
    assert.equal(0, result.code, result.err)
    local manual = command.read(folder .. "/usr/share/man/man1/gumroad-lua.1")
    assert.equal(manual, result.out)
    for _, path in ipairs { "bash-completion/completions/gumroad-lua", "zsh/site-functions/_gumroad-lua",
      "fish/vendor_completions.d/gumroad-lua.fish" } do
      command.read(folder .. "/usr/share/" .. path)
    end
  end)

  describe("completes in", function()
    it("bash: operations, options and their values", function()
      local function completed(words)
        return support.output(("bash -c 'source %s/bash; COMP_WORDS=(gumroad-lua %s); "
          .. "COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _gumroad-lua; echo ${COMPREPLY[@]}'"):format(folder, words))
      end
      assert.equal("list", completed "sales l")
      assert.equal("list", completed "--json sales l")
      assert.equal("--email", completed "sales list --em")
      assert.equal("--csv", completed "sales list --cs")
      assert.equal("true", completed "products create --draft t")
      assert.equal("mark_as_shipped", completed "sales m")
      assert.equal("dispute dispute_won", completed "trigger d")
      assert.equal("--seed", completed "trigger sale --see")
    end)

    it("fish: operations, options and their values #fish", function()
      local function completed(words)
        return support.output(("fish --no-config -c 'source %s/fish; complete -C \"gumroad-lua %s\"' | cut -f 1")
          :format(folder, words))
      end
      assert.equal("list", completed "sales l")
      assert.equal("--email", completed "sales list --em")
      assert.equal("true", completed "products create --draft t")
      assert.equal("mark_as_shipped", completed "sales m")
      assert.equal("dispute\ndispute_won", completed "trigger d")
    end)

    it("zsh: operations, options and their values, from fpath and sourced #slow #zsh", function()
      local function typed(words) return ("gumroad-lua %s\t\1print -r -- \"[\5]\"\n"):format(words) end
      local compinit = "autoload -Uz compinit; compinit -u -D"
      for _, loaded in ipairs { ("fpath=(%s $fpath); %s"):format(folder, compinit),
        ("%s; source <(cat %s/_gumroad-lua)"):format(compinit, folder) } do
        command.write(folder .. "/keys", "PS1=; " .. loaded .. "\n" .. typed "sales l" .. typed "sales list --em"
          .. typed "products create --draft t" .. typed "sales m" .. typed "trigger r" .. "exit\n")
        local shown = command.shell(("TERM=xterm script -qec 'zsh -f -i' /dev/null <%s/keys"):format(folder)).out
        for _, line in ipairs { "sales list", "sales list --email", "products create --draft true",
          "sales mark_as_shipped", "trigger refund" } do
          assert.truthy(shown:find("\n[gumroad-lua " .. line .. "]\r", 1, true), shown)
        end
        assert.falsy(shown:find("_arguments", 1, true), shown)
      end
    end)

    it("every shell: each command, resource, operation and option", function()
      for _, name in ipairs { "bash", "_gumroad-lua", "fish" } do
        local text = command.read(folder .. "/" .. name)
        local function knows(word)
          local option = word:match("^%-%-(.*)")
          word = name == "fish" and option and "-l " .. option or word
          return text:find(word, 1, true)
        end
        for _, own in ipairs(registry.COMMANDS) do assert.truthy(knows(own.name), own.name) end
        for _, option in ipairs(arguments.GENERAL) do assert.truthy(knows(option[1]), option[1]) end
        for resource, rows in pairs(api) do
          for _, row in ipairs(rows) do
            assert.truthy(knows(resource) and knows(row.name), row.name)
            for _, option in ipairs(operation.options(row)) do assert.truthy(knows(option.name), option.name) end
          end
        end
      end
    end)
  end)

  describe("has a manual page #mandoc", function()
    it("that mandoc accepts", function()
      local result = command.shell("mandoc -T lint -W error " .. folder .. "/gumroad-lua.1")
      assert.same({ 0, "" }, { result.code, result.out })
    end)

    it("with every command, operation, option and exit code", function()
      local page = command.shell("mandoc -T utf8 -O width=200 " .. folder .. "/gumroad-lua.1").out:gsub(".\8", "")
      local function has(text) assert.truthy(page:find(text, 1, true), text) end
      for _, own in ipairs(registry.COMMANDS) do has("Usage: gumroad-lua " .. own.name) end
      for _, option in ipairs(arguments.GENERAL) do has(option[1]) end
      for _, code in ipairs(exit_codes) do has("\n     " .. code[1] .. " ") end
      for resource, rows in pairs(api) do
        for _, row in ipairs(rows) do
          local words = { resource, row.name, unpack(row.path_params) }
          has(table.concat(words, " "))
          for _, option in ipairs(operation.options(row)) do has(option.name .. " " .. option.argument) end
        end
      end
    end)
  end)
end)
