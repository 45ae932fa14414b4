-- Saves what an event made of an execution, if nobody was faster.
-- ARGV: 1 id, 2 version it was made from, 3 record, 4 event, 5 phase, 6 wake-up time or '', 7 1 when a signal was taken in,
--       8 epoch of an intent or '', 9 claims or '', 10 fingerprint or '', 11 runbook, 12 how long closed ones are kept
local id = ARGV[1]
local key = P .. 'x:' .. id
local kept = redis.call('HMGET', key, 'v', 'p', 't')
if kept[1] ~= ARGV[2] then return 'stale' end
local phaseBefore, target, phase = kept[2], kept[3], ARGV[5]
if ARGV[8] ~= '' then
  local used = tonumber(redis.call('GET', P .. 'ec:' .. target)) or 0
  if tonumber(ARGV[8]) <= used then return 'stale' end
end
if ARGV[9] ~= '' then
  local claims = cjson.decode(ARGV[9])
  local refusal = firstRefusal(claims, id)
  if refusal then return cjson.encode(refusal) end
  take(claims, id)
end
-- an epoch outlives every process that could still hold an older one, but not every target that ever was
if ARGV[8] ~= '' then redis.call('SET', P .. 'ec:' .. target, ARGV[8], 'PX', 90 * 86400000) end

redis.call('HSET', key, 'r', ARGV[3], 'v', tonumber(ARGV[2]) + 1, 'p', phase)
local seq = redis.call('LLEN', P .. 'j:' .. id) + 1
redis.call('RPUSH', P .. 'j:' .. id, '{"seq":' .. seq .. ',' .. ARGV[4])
if ARGV[7] == '1' then redis.call('LPOP', P .. 's:' .. id) end
if phase ~= phaseBefore then
  redis.call('ZREM', P .. 'ph:' .. phaseBefore, id)
  if phase ~= 'closed' then redis.call('ZADD', P .. 'ph:' .. phase, now, id) end
end
if ARGV[6] ~= '' then redis.call('ZADD', P .. 'due', ARGV[6], id) else redis.call('ZREM', P .. 'due', id) end

if phase == 'closed' then
  if redis.call('GET', P .. 'lk:' .. target) == id then redis.call('DEL', P .. 'lk:' .. target) end
  if ARGV[10] ~= '' then
    redis.call('SREM', P .. 'eo:' .. ARGV[10], id)
    local episode = P .. 'ep:' .. ARGV[10]
    if redis.call('HGET', episode, 'x:' .. ARGV[11]) == id then redis.call('HSET', episode, 'c:' .. ARGV[11], string.format('%.0f', now)) end
  end
  for _, name in ipairs({ 'x:', 'j:', 's:' }) do redis.call('PEXPIRE', P .. name .. id, ARGV[12]) end
  redis.call('ZREMRANGEBYSCORE', P .. 'all', '-inf', now - tonumber(ARGV[12]))
elseif phaseBefore == 'closed' then
  for _, name in ipairs({ 'x:', 'j:', 's:' }) do redis.call('PERSIST', P .. name .. id) end
  if ARGV[10] ~= '' then redis.call('SADD', P .. 'eo:' .. ARGV[10], id) end
end
redis.call('PUBLISH', P .. 'changes', id)
return 'saved'
