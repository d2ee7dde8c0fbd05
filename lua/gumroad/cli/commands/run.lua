return { name = "run", summary = "todo", configure = function() end, run = function() end }
