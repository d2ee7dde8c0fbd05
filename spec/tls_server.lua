--- openssl's s_server with a self-signed certificate for 127.0.0.1. It serves one connection at a time over HTTP/1.0.
local support = require "support"

local tls_server = {}

local CERTIFICATE = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
  .. "-subj /CN=shop.example.com -addext subjectAltName=IP:127.0.0.1 -keyout %s/key.pem -out %s/cert.pem 2>/dev/null"
local RESPONSE = "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{}"

--- Makes a key and a certificate for 127.0.0.1 in a folder: key.pem and cert.pem.
function tls_server.certify(folder)
  os.execute(CERTIFICATE:format(folder, folder))
end

--- Starts the server. It listens when this returns.
-- @param paths array of the paths that it responds to, with 200 and "{}"
-- @return { url, folder, ca_file, stop() }
function tls_server.start(paths)
  local folder, remove = support.folder()
  tls_server.certify(folder)
  for _, path in ipairs(paths) do
    local file = folder .. "/files" .. path
    os.execute("mkdir -p " .. file:match "^.*/")
    file = assert(io.open(file, "wb"))
    assert(file:write(RESPONSE))
    file:close()
  end
  local server = assert(io.popen(("mkdir -p %s/files && cd %s/files && echo $$ && exec openssl s_server -HTTP "
    .. "-accept 127.0.0.1:0 -key ../key.pem -cert ../cert.pem 2>&1 </dev/null"):format(folder, folder)))
  local pid, port = server:read "*l", nil
  for line in server:lines() do
    port = line:match "^ACCEPT.*:(%d+)$"
    if port then break end
  end
  assert(port, "openssl s_server did not start")
  return {
    url = "https://127.0.0.1:" .. port, folder = folder, ca_file = folder .. "/cert.pem",
    stop = function()
      os.execute("kill " .. pid)
      server:close()
      remove()
    end,
  }
end

return tls_server
