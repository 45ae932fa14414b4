-- All claims of a list are checked before any is taken, so that a refusal leaves nothing behind but what says that it is one.
local function firstRefusal(claims, id, looking)
  for _, claim in ipairs(claims) do
    local refusal = refusals[claim.kind](claim, id, looking)
    if refusal then return refusal end
  end
  return nil
end

local function take(claims, id)
  for _, claim in ipairs(claims) do
    local taking = takes[claim.kind]
    if taking then taking(claim, id) end
  end
end

-- Writes a new execution; `record` is JSON made by the caller and is never taken apart here.
local function create(id, runbook, target, fingerprint, record, entry)
  audit(entry, 1)
  redis.call('HSET', P .. 'x:' .. id, 'r', record, 'v', 1, 'p', 'planning', 't', target, 'b', runbook)
  redis.call('RPUSH', P .. 'j:' .. id, '{"seq":1,"at":' .. number(now) .. ',"event":{"type":"opened","execution":' .. record .. '}}')
  redis.call('ZADD', P .. 'all', now, id)
  redis.call('ZADD', P .. 'ph:planning', now, id)
  redis.call('ZADD', P .. 'due', now, id)
  redis.call('HINCRBY', P .. 'sc:' .. runbook, 'fired', 1)
  if fingerprint ~= '' then redis.call('SADD', P .. 'eo:' .. fingerprint, id) end
  redis.call('PUBLISH', P .. 'changes', id)
end
