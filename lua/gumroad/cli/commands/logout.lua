return { name = 'logout', summary = 'todo', configure = function() end, run = function() end }
