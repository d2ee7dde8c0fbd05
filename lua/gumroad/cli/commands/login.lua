return { name = 'login', summary = 'todo', configure = function() end, run = function() end }
