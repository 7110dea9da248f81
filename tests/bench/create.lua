-- wrk: one new ticket a request, each with a requestId of its own; args: BODY-FILE KEY STEM
local thread_number = 0
function setup(thread)
  thread:set("id", thread_number)
  thread_number = thread_number + 1
end
function init(args)
  local f = assert(io.open(args[1]))
  local body = f:read("*a")
  f:close()
  part = {}
  for p in (body .. "BENCH-REQUEST-ID"):gmatch("(.-)BENCH%-REQUEST%-ID") do
    part[#part + 1] = p
  end
  headers = { ["Content-Type"] = "application/json", ["X-API-Key"] = args[2] }
  stem = args[3] .. "-" .. id .. "-"
  n = 0
end
function request()
  n = n + 1
  return wrk.format("POST", nil, headers, table.concat(part, stem .. n))
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %.0f %.2f %.2f %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, e.status + e.connect + e.read + e.write + e.timeout))
end
