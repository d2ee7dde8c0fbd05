return { name = "api", summary = "todo", configure = function() end, run = function() end }
