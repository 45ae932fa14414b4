-- Saves what an event made of an execution, if nobody was faster.
-- ARGV: 1 id, 2 version it was made from, 3 record, 4 event, 5 what else changes, as JSON (Besides in save-besides.ts),
--   6 time of the event, 7 entry of the audit
local id, about = ARGV[1], cjson.decode(ARGV[5])
local key, journal = P .. 'x:' .. id, P .. 'j:' .. id
local kept = redis.call('HMGET', key, 'v', 'p', 't')
if kept[1] ~= ARGV[2] then return 'stale' end
local phaseBefore, target, phase = kept[2], kept[3], about.phase
if about.epoch then
  local used = tonumber(redis.call('GET', P .. 'ec:' .. target)) or 0
  if about.epoch <= used then return 'stale' end
end
local claims = about.claims or {}
local refusal = firstRefusal(claims, id, false)
if refusal then return cjson.encode({ refusal = refusal }) end

local seq = redis.call('LLEN', journal) + 1
audit(ARGV[7], seq, ARGV[6])
take(claims, id)
-- an epoch outlives every process that could still hold an older one, but not every target that ever was
if about.epoch then redis.call('SET', P .. 'ec:' .. target, number(about.epoch), 'PX', 90 * 86400000) end

redis.call('HSET', key, 'r', ARGV[3], 'v', tonumber(ARGV[2]) + 1, 'p', phase)
redis.call('RPUSH', journal, '{"seq":' .. seq .. ',"at":' .. ARGV[6] .. ',' .. ARGV[4])
if about.signal then redis.call('LPOP', P .. 's:' .. id) end
if phase ~= phaseBefore then
  redis.call('ZREM', P .. 'ph:' .. phaseBefore, id)
  if phase ~= 'closed' then redis.call('ZADD', P .. 'ph:' .. phase, now, id) end
end
-- what can be taken back: first what is open, then what has ended, the newest first
if about.revertible then redis.call('ZADD', P .. 'rv', number(now + (phase == 'closed' and 0 or 1e15)), id) else redis.call('ZREM', P .. 'rv', id) end
if about.recoveryPoint then redis.call('HSET', P .. 'rp', about.runbook, about.recoveryPoint) end
if about.due then redis.call('ZADD', P .. 'due', number(about.due), id) else redis.call('ZREM', P .. 'due', id) end

-- at work: from the first intent until the change is in force or taken back
if phase ~= phaseBefore and (phase == 'closed' or phase == 'holding') then rest(about.plugins, id)
elseif phase ~= phaseBefore and phase == 'reverting' then work(about.plugins, id) end

if about.moved then moved(about.moved, id) end
if phase == 'closed' and phaseBefore ~= 'closed' then
  if redis.call('GET', P .. 'lk:' .. target) == id then redis.call('DEL', P .. 'lk:' .. target) end
  if about.fingerprint then
    redis.call('SREM', P .. 'eo:' .. about.fingerprint, id)
    local episode = P .. 'ep:' .. about.fingerprint
    if redis.call('HGET', episode, 'x:' .. about.runbook) == id then redis.call('HSET', episode, 'c:' .. about.runbook, number(now)) end
  end
  if about.serving then settleServing(about.serving, id) end
  for _, name in ipairs({ 'x:', 'j:', 's:' }) do redis.call('PEXPIRE', P .. name .. id, about.keepMs) end
  for _, name in ipairs({ 'all', 'rv' }) do redis.call('ZREMRANGEBYSCORE', P .. name, '-inf', now - about.keepMs) end
elseif phase ~= 'closed' and phaseBefore == 'closed' then
  for _, name in ipairs({ 'x:', 'j:', 's:' }) do redis.call('PERSIST', P .. name .. id) end
  if about.fingerprint then redis.call('SADD', P .. 'eo:' .. about.fingerprint, id) end
end

local FAILURES, MOST_FIXES = 3, 1000

-- Counts for the runbook's scorecard; failures in a row and harm take trust away, which only a person gives back.
local function score(tally)
  local runbook = about.runbook
  for name, count in pairs(tally.counts) do redis.call('HINCRBY', P .. 'sc:' .. runbook, name, count) end
  if tally.recoveryMs then
    redis.call('LPUSH', P .. 'sr:' .. runbook, number(tally.recoveryMs))
    redis.call('LTRIM', P .. 'sr:' .. runbook, 0, 199)
  end
  if tally.fixed then
    local fixes = P .. 'fx:' .. runbook .. '|' .. tally.fixed
    redis.call('ZADD', fixes, now, id)
    redis.call('ZREMRANGEBYSCORE', fixes, '-inf', now - MARK_MS)
    redis.call('ZREMRANGEBYRANK', fixes, 0, -(MOST_FIXES + 1))
    redis.call('PEXPIRE', fixes, MARK_MS)
  end
  local trust = P .. 'tr:' .. runbook
  local cap = redis.call('HGET', trust, 'cap')
  local to, why
  if tally.trust == 'proved' then redis.call('HSET', trust, 'failures', 0)
  elseif tally.trust == 'harmful' and cap ~= 'observe' then to, why = 'observe', 'harmful'
  elseif tally.trust == 'failed' and redis.call('HINCRBY', trust, 'failures', 1) >= FAILURES and not cap then
    to, why = 'approve', 'not-verified'
  end
  if not to then return nil end
  redis.call('HSET', trust, 'cap', to, 'why', why, 'id', id, 'at', number(now))
  return cjson.encode({ lowered = { to = to, why = why } })
end

local lowered = about.tally and score(about.tally)
if about.news or lowered then
  local more = lowered and ',' .. string.sub(lowered, 2) or '}'
  noteFact('{"is":"saved","id":' .. cjson.encode(id) .. ',"seq":' .. number(seq) .. ',"at":' .. ARGV[6] .. more)
end
redis.call('PUBLISH', P .. 'changes', id)
return lowered or 'saved'
