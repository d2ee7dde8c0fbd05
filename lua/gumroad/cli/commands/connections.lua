return { name = 'connections', summary = 'todo', configure = function() end, run = function() end }
