--- Pings, without an emulator that runs: what they say, their bytes, and the request that carries
-- them. This is what other rooms see of pings.
local deliveries = require "gumroad.emulator.pings.deliveries"
local post_url = require "gumroad.emulator.pings.post_url"
local Examples = require "gumroad.emulator.pings.examples"
local json = require "gumroad.emulator.http.json"

return {
  --- Invented pings, one after the other: see gumroad.emulator.pings.examples.
  examples = Examples.new,
  --- Payloads are objects of this JSON, whose keys keep their order.
  json = json,
  body = deliveries.body,
  request = deliveries.request,
  --- What the pings to an address are written in: "form" or "json".
  format = post_url.format,
}
