--- An nginx that speaks HTTP/2 over TLS, with a self-signed certificate for 127.0.0.1.
local support = require "support"
local tls_server = require "tls_server"

local http2_server = {}

local NGINX = [[
pid DIR/pid;
error_log DIR/error.log;
events { }
http {
  access_log off;
  client_body_temp_path DIR/body; proxy_temp_path DIR/proxy; fastcgi_temp_path DIR/fastcgi;
  uwsgi_temp_path DIR/uwsgi; scgi_temp_path DIR/scgi;
  default_type text/plain;
  server {
    listen 127.0.0.1:PORT ssl http2;
    ssl_certificate DIR/cert.pem;
    ssl_certificate_key DIR/key.pem;
    LOCATIONS
  }
  SERVERS
}
]]

local function run(command, folder)
  local said = support.output("(" .. command:gsub("DIR", folder) .. ") 2>&1 || echo it failed")
  assert(not said:find("it failed", 1, true), said)
end

--- Starts nginx. It listens when this returns.
-- @param locations locations of the server, in nginx's syntax; DIR is its folder
-- @param servers   further servers in the same syntax, or nil
-- @return { url, folder, ca_file, stop() }
function http2_server.start(locations, servers)
  local folder, remove = support.folder()
  local port = support.free_port()
  tls_server.certify(folder)
  local text = NGINX:gsub("%u+", { LOCATIONS = locations, SERVERS = servers or "", PORT = tostring(port) })
  local file = assert(io.open(folder .. "/nginx.conf", "w"))
  assert(file:write((text:gsub("DIR", folder))))
  file:close()
  run("chmod 711 DIR && nginx -p DIR -c DIR/nginx.conf", folder)  -- its workers run as another user
  return {
    url = "https://127.0.0.1:" .. port, folder = folder, ca_file = folder .. "/cert.pem",
    stop = function()
      run("kill $(cat DIR/pid)", folder)
      remove()
    end,
  }
end

return http2_server
