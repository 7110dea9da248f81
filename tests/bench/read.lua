-- wrk: reads spread over the tickets from LOW to HIGH; args: PREFIX LOW HIGH KEY
local thread_number = 0
function setup(thread)
  thread:set("id", thread_number)
  thread_number = thread_number + 1
end
function init(args)
  local any = "@"
  low, high = tonumber(args[2]), tonumber(args[3])
  local headers = { ["X-API-Key"] = args[4] }
  for name, value in pairs(wrk.headers) do -- wrk's own -H
    headers[name] = value
  end
  -- All but the number is made once: the load generator shares the cores with what it measures.
  head, tail = wrk.format("GET", args[1] .. any, headers):match("(.-)" .. any .. "(.*)")
  math.randomseed(id * 7919 + 1)
end
function request()
  return head .. string.format("%d", math.random(low, high)) .. tail
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %.0f %.2f %.2f %d (status %d, connect %d, read %d, write %d, timeout %d)\n",
    summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    e.status + e.connect + e.read + e.write + e.timeout, e.status, e.connect, e.read, e.write, e.timeout))
end
