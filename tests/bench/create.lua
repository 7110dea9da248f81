-- wrk: one new ticket a request, each with a requestId of its own; args: BODY-FILE KEY STEM
local thread_number = 0
DIGITS = 9 -- of the number in an id: every body has the same length
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
  -- All but the ids is made once: the load generator shares the cores with what it measures.
  stem = args[3] .. "-" .. id .. "-"
  local length = #table.concat(part) + (#part - 1) * (#stem + DIGITS)
  local whole = wrk.format("POST", nil, { ["Content-Type"] = "application/json", ["X-API-Key"] = args[2] }, ("x"):rep(length))
  part[1] = whole:sub(1, -length - 1) .. part[1]
  n = 10 ^ (DIGITS - 1)
end
function request()
  n = n + 1
  return table.concat(part, stem .. string.format("%d", n))
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %.0f %.2f %.2f %d (status %d, connect %d, read %d, write %d, timeout %d)\n",
    summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    e.status + e.connect + e.read + e.write + e.timeout, e.status, e.connect, e.read, e.write, e.timeout))
end
