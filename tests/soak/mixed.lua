-- wrk: everything that partners send, well-formed or not, each thread a partner
-- of its own; args: SEED RECEIVER-PORT FILE-KIB KEY…
local thread_number = 0
local threads = {}
local FIRST = "1408" -- the stack's own, with a receiver that is not there: it is only read
local KEPT = 200 -- tickets and files that a thread remembers
local KINDS = { "s200", "s400", "s401", "s404", "s409", "s415", "s429", "other", "failed" }

function setup(thread)
  thread:set("id", thread_number)
  thread_number = thread_number + 1
  table.insert(threads, thread)
end

local function json(path, method, body, more)
  local h = { ["X-API-Key"] = key, ["Content-Type"] = "application/json" }
  for name, value in pairs(more or {}) do
    h[name] = value
  end
  return wrk.format(method, "/api/omnichannel" .. path, h, body)
end

local function ticket(more)
  n = n + 1
  return string.format('{"channel":"WHATSAPP","channelReferenceId":"WA-%s-%d","serviceType":"CLAIM","customer":{"name":"Jöhn \\"D\\" Doe",' ..
    '"email":"john.doe@email.com","phone":"+6281234567890","identifier":"CIF%d","branchCode":"001"},"ticket":{"title":"ATM Card Claim Request",' ..
    '"description":"%s","metadata":{"claimType":"ATM_CARD_RETAINED","claimAmount":500000,"claimCurrency":"IDR"}},' ..
    '"integration":{"requestId":"soak-%s-%d"%s}%s}', seed, n, n, ("Card retained. "):rep(math.random(1, 40)), seed, n,
    hook and ',"webhookUrl":"http://127.0.0.1:' .. port .. '/hook"' or "", more or "")
end

local function create(with_hook, more)
  hook = with_hook
  last = ticket(more)
  return json("/tickets", "POST", last)
end
local function number()
  return #numbers > 0 and numbers[math.random(#numbers)] or FIRST
end

local function patch(body, more)
  return #numbers > 0 and json("/tickets/" .. number(), "PATCH", body, more) or create(false)
end

local function get(path)
  return json(path, "GET")
end

-- How many of a hundred requests each is.
local mix = {
  { 14, function() return create(true) end },
  { 14, function() return create(false) end },
  { 2, function() return last and json("/tickets", "POST", last) or create(false) end },
  { 1, function() return last and json("/tickets", "POST", (last:gsub("Claim Request", "Other Claim"))) or create(false) end },
  { 2, function() return create(false, ',"attachments":[{"filename":"a.bin","content":"' .. content .. '"}]') end },
  { 21, function() return get("/tickets/" .. number()) end },
  { 18, function() return get("/tickets?ticketNumber=" .. number()) end },
  { 4, function() return get("/tickets?channelReferenceId=WA-" .. seed .. "-" .. math.random(n)) end },
  { 8, function() return patch('{"action":"ADD_COMMENT","comment":"Any news? \\u00e9"}') end },
  { 1, function() return patch('{"action":"ADD_COMMENT","comment":"Once"}', { ["Idempotency-Key"] = "soak-" .. math.random(1000000) }) end },
  { 1, function() return patch('{"action":"UPDATE_STATUS","status":"CANCELLED"}') end },
  { 3, function() return #files > 0 and get(files[math.random(#files)]) or get("/health") end },
  { 3, function() return json("/tickets", "POST", '{"channel":"WHATSAPP","customer":{}}') end },
  { 2, function() return json("/tickets", "POST", '{"channel":"WHATSAPP"') end },
  { 1, function() return json("/tickets", "POST", "a=b", { ["Content-Type"] = "application/x-www-form-urlencoded" }) end },
  { 1, function() return get("/tickets/" .. math.random(10 ^ 12)) end },
  { 1, function() return get("/nowhere?" .. ("x"):rep(math.random(2000))) end },
  { 1, function() return get("/tickets/" .. FIRST .. "/attachments/none") end },
  { 1, function() return json("/tickets/" .. FIRST, "GET", nil, { ["X-API-Key"] = "unknown-" .. math.random(10 ^ 9) }) end },
  { 1, function() return get("/health") end },
}

function init(args)
  seed, port = args[1] .. "-" .. id, args[2]
  content = ("QUJD"):rep(args[3] * 256)
  key = args[4 + id % (#args - 3)]
  numbers, files, n, last = {}, {}, 0, nil
  for _, kind in ipairs(KINDS) do
    _G[kind] = 0
  end
  dice = {}
  for _, m in ipairs(mix) do
    for _ = 1, m[1] do
      dice[#dice + 1] = m[2]
    end
  end
  math.randomseed(tonumber(args[1]) * 31 + id)
end

function request()
  return dice[math.random(#dice)]()
end

local function remember(list, value)
  list[#list < KEPT and #list + 1 or math.random(KEPT)] = value
end

function response(status, headers, body)
  local kind = "s" .. status
  if _G[kind] then
    _G[kind] = _G[kind] + 1
  elseif status >= 500 then
    failed = failed + 1
  else
    other = other + 1
  end
  if status ~= 200 then
    return
  end
  local number_told = body:sub(1, 400):match('"ticketNumber":"(%d+)"')
  if number_told and number_told ~= FIRST then
    remember(numbers, number_told)
    local file = body:match('"attachments":%[{"id":"(%w+)"')
    if file then
      remember(files, "/tickets/" .. number_told .. "/attachments/" .. file)
    end
  end
end

-- REQUESTS LOST, then how many answers of each kind
function done(summary, latency, requests)
  local e, sums = summary.errors, {}
  for _, kind in ipairs(KINDS) do
    local sum = 0
    for _, thread in ipairs(threads) do
      sum = sum + thread:get(kind)
    end
    sums[#sums + 1] = string.format("%d", sum)
  end
  io.write(string.format("RESULT %d %d %s\n", summary.requests, e.connect + e.read + e.write + e.timeout, table.concat(sums, " ")))
end
