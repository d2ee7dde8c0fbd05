return { name = "manual", summary = "todo", configure = function() end, run = function() end }
