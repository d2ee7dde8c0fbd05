--- Every operation of Gumroad's API v2, as data. See gumroad.api.operations for the fields of a row.
return require "gumroad.api.operations"
