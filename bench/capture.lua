-- What wrk sends for capture.py: the signed requests of a file, each once, all with the same body.
local function lines(name)
  local found = {}
  for line in io.lines(name) do found[#found + 1] = line end
  return found
end

local file = io.open(os.getenv("CAPTURE_BODY"), "rb")
local body = file:read("*a")
file:close()
local signed, at = lines(os.getenv("CAPTURE_REQUESTS")), 0

function request()
  at = at + 1
  if at > #signed then wrk.thread:stop() end
  local path, authorization, digest = signed[math.min(at, #signed)]:match("^(%S+)\t(.-)\t(.*)$")
  return wrk.format("PUT", path, { ["Authorization"] = authorization, ["Content-Digest"] = digest }, body)
end

function done(summary)
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("\nanswered %d refused %d lost %d\n", summary.requests, errors.status, lost))
end
