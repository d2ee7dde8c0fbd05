--- Pings without a running emulator: payloads, bodies and requests. Other rooms only use this file.
local deliveries = require "gumroad.emulator.pings.deliveries"
local post_url = require "gumroad.emulator.pings.post_url"
local Examples = require "gumroad.emulator.pings.examples"
local json = require "gumroad.emulator.http.json"

return {
  --- Invented pings: see gumroad.emulator.pings.examples.
  examples = Examples.new,
  --- Payloads are objects of this module, which keeps the order of their keys.
  json = json,
  body = deliveries.body,
  request = deliveries.request,
  --- The format of the pings to a URL: "form" or "json".
  format = post_url.format,
}
