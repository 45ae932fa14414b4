-- Prepended to the other scripts: the clock, the keys, and how claims are checked and taken.
-- KEYS[1] is the prefix of all keys; its braces keep them in one hash slot.
local P = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- The rule of src/core/pause.ts: in a target's glob `*` stands for any text, all else for itself. Without Lua's patterns, which take
-- exponential time for some globs and stumble over NUL.
local function globMatches(glob, text)
  if string.sub(glob, 1, 7) ~= 'target:' then return false end
  local star = string.find(glob, '*', 1, true)
  if not star then return glob == text end
  if string.sub(text, 1, star - 1) ~= string.sub(glob, 1, star - 1) then return false end
  local at, from = star, star + 1
  star = string.find(glob, '*', from, true)
  while star do
    local _, last = string.find(text, string.sub(glob, from, star - 1), at, true)
    if not last then return false end
    at, from = last + 1, star + 1
    star = string.find(glob, '*', from, true)
  end
  local rest = string.sub(glob, from)
  return #text - #rest >= at - 1 and string.sub(text, #text - #rest + 1) == rest
end

local function pausing(scopes)
  local kept = redis.call('HVALS', P .. 'pauses')
  for _, text in ipairs(kept) do
    local pause = cjson.decode(text)
    if not pause['until'] or now < pause['until'] then
      for _, scope in ipairs(scopes) do
        if scope == pause.scope or globMatches(pause.scope, scope) then return pause end
      end
    end
  end
  return nil
end

local function episodeRefusal(claim)
  local key = P .. 'ep:' .. claim.fingerprint
  local seen = redis.call('HMGET', key, 'x:' .. claim.runbook, 'c:' .. claim.runbook)
  if not seen[1] then return nil end
  -- an alert that began again after its execution had ended is answered again, if the cooldown allows
  if seen[2] and claim.startsAt > tonumber(seen[2]) then return nil end
  return { because = 'duplicate', executionId = seen[1] }
end

local function budgetRefusal(claim)
  local key = P .. 'bg:' .. claim.key
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - claim.windowMs)
  local used = redis.call('ZCARD', key)
  if used < claim.limit then return nil end
  local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  local left = (tonumber(oldest[2]) or now) + claim.windowMs - now
  local because = string.match(claim.key, '^[^|]+')
  return { because = because, key = string.gsub(claim.key, '^[^|]+|', ''), used = used, limit = claim.limit, leftMs = left }
end

local function refusalOf(claim, id)
  if claim.kind == 'episode' then return episodeRefusal(claim) end
  if claim.kind == 'budget' then return budgetRefusal(claim) end
  if claim.kind == 'exclusive' then
    local holder = redis.call('GET', P .. 'lk:' .. claim.target)
    if holder and holder ~= id then return { because = 'target-busy', executionId = holder } end
  elseif claim.kind == 'interval' then
    local left = redis.call('PTTL', P .. 'iv:' .. claim.key)
    if left > 0 then
      return { because = 'cooldown', leftMs = left, executionId = redis.call('GET', P .. 'iv:' .. claim.key) }
    end
  elseif claim.kind == 'unpaused' then
    local pause = pausing(claim.scopes)
    if pause then return { because = 'paused', scope = pause.scope, reason = pause.reason } end
  end
  return nil
end

local function firstRefusal(claims, id)
  for _, claim in ipairs(claims) do
    local refusal = refusalOf(claim, id)
    if refusal then return refusal end
  end
  return nil
end

local function take(claims, id)
  for _, claim in ipairs(claims) do
    if claim.kind == 'episode' then
      local key = P .. 'ep:' .. claim.fingerprint
      redis.call('HSET', key, 'x:' .. claim.runbook, id)
      redis.call('HDEL', key, 'c:' .. claim.runbook)
    elseif claim.kind == 'exclusive' then
      redis.call('SET', P .. 'lk:' .. claim.target, id)
    elseif claim.kind == 'interval' then
      redis.call('SET', P .. 'iv:' .. claim.key, id, 'PX', claim.ms)
    elseif claim.kind == 'budget' then
      redis.call('ZADD', P .. 'bg:' .. claim.key, now, id)
      redis.call('PEXPIRE', P .. 'bg:' .. claim.key, claim.windowMs)
    end
  end
end

-- Writes a new execution; `record` is JSON made by the caller and is never taken apart here.
local function create(id, runbook, target, fingerprint, record)
  redis.call('HSET', P .. 'x:' .. id, 'r', record, 'v', 1, 'p', 'planning', 't', target, 'b', runbook)
  redis.call('RPUSH', P .. 'j:' .. id, '{"seq":1,"at":' .. string.format('%.0f', now) .. ',"event":{"type":"opened","execution":' .. record .. '}}')
  redis.call('ZADD', P .. 'all', now, id)
  redis.call('ZADD', P .. 'ph:planning', now, id)
  redis.call('ZADD', P .. 'due', now, id)
  if fingerprint ~= '' then redis.call('SADD', P .. 'eo:' .. fingerprint, id) end
  redis.call('PUBLISH', P .. 'changes', id)
end
