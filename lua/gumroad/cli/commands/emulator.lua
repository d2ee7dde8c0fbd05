return { name = "emulator", summary = "todo", configure = function() end, run = function() end }
