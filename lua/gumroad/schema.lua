--- The public name of gumroad.api.schema.
return require "gumroad.api.schema"
