return { name = 'listen', summary = 'todo', configure = function() end, run = function() end }
