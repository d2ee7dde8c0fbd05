return { name = 'doctor', summary = 'todo', configure = function() end, run = function() end }
