--- What Gumroad is, as data: every operation of its API v2. See gumroad.api.operations for the rows.
return require "gumroad.api.operations"
