return { name = "completion", summary = "todo", configure = function() end, run = function() end }
