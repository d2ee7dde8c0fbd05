--- The public name of gumroad.client.http.
return require "gumroad.client.http"
