-- Storms: too many targets in trouble at once.
local MOST_HIT = 10000

local function endStorm(key)
  for _, name in ipairs({ 'st:', 'sd:', 'sh:' }) do redis.call('DEL', P .. name .. key) end
  redis.call('ZREM', P .. 'storms', key)
end

-- When a storm will be calm, or nil when none goes on; what is over is put away, unless one only looks.
local function raging(key, looking)
  local calmAt = tonumber(redis.call('HGET', P .. 'st:' .. key, 'calmAt'))
  if not calmAt or now < calmAt then return calmAt, false end
  if not looking then endStorm(key) end
  return nil, true
end

local function stormRefusal(key, calmAt)
  return { because = 'storm', key = key, targets = redis.call('ZCARD', P .. 'sh:' .. key), calmInMs = calmAt - now }
end

-- Every target that is hit keeps the storm going.
local function hit(claim)
  local storm, all = P .. 'st:' .. claim.key, P .. 'sh:' .. claim.key
  local calmAt = now + claim.calmMs
  redis.call('HSET', storm, 'calmAt', number(calmAt))
  redis.call('ZADD', P .. 'storms', calmAt, claim.key)
  if redis.call('ZCARD', all) < MOST_HIT then redis.call('ZADD', all, now, claim.target)
  else redis.call('ZADD', all, 'XX', now, claim.target) end
  -- nobody may ever look at it again; until then it outlives what it was counted from
  for _, name in ipairs({ storm, all }) do redis.call('PEXPIRE', name, claim.calmMs + claim.windowMs) end
  return stormRefusal(claim.key, calmAt)
end

local function breakLoose(claim)
  -- each storm puts away more than itself, so that old ones do not heap up where nobody looks
  for _, key in ipairs(redis.call('ZRANGEBYSCORE', P .. 'storms', '-inf', now, 'LIMIT', 0, 2)) do endStorm(key) end
  redis.call('HSET', P .. 'st:' .. claim.key, 'since', number(now))
  redis.call('ZUNIONSTORE', P .. 'sh:' .. claim.key, 1, P .. 'sd:' .. claim.key)
  return hit(claim)
end

local function lookForStorm(claim, isOver)
  local seen, from = P .. 'sd:' .. claim.key, now - claim.windowMs
  local count = isOver and 0 or redis.call('ZCOUNT', seen, '(' .. number(from), '+inf')
  local known = not isOver and tonumber(redis.call('ZSCORE', seen, claim.target))
  if not known or known <= from then count = count + 1 end
  if count <= claim.most then return nil end
  return { because = 'storm', key = claim.key, targets = count, calmInMs = claim.calmMs }
end

function refusals.storm(claim, _, looking)
  local calmAt, isOver = raging(claim.key, looking)
  if calmAt then return looking and stormRefusal(claim.key, calmAt) or hit(claim) end
  if looking then return lookForStorm(claim, isOver) end
  local seen = P .. 'sd:' .. claim.key
  redis.call('ZREMRANGEBYSCORE', seen, '-inf', now - claim.windowMs)
  redis.call('ZADD', seen, now, claim.target)
  redis.call('PEXPIRE', seen, claim.windowMs)
  if redis.call('ZCARD', seen) > claim.most then return breakLoose(claim) end
end

function refusals.calm(claim, _, looking)
  local calmAt = raging(claim.key, looking)
  if calmAt then return stormRefusal(claim.key, calmAt) end
end

-- The execution that was not opened when the storm broke loose says what it is about.
local function noteFirst(refusal, record)
  if refusal.because == 'storm' then redis.call('HSETNX', P .. 'st:' .. refusal.key, 'r', record) end
end
