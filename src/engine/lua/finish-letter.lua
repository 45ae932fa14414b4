-- Notes what came of an attempt. ARGV: key, attempt, result, detail, again in ms
-- Gives 0 when it counts no more: an attempt of somebody else came to an end, or is under way and this one did not deliver.
local key, attempt, result = ARGV[1], ARGV[2], ARGV[3]
local name = P .. 'ob:m:' .. key
local kept = redis.call('HMGET', name, 's', 'n', 'began', 'lane')
if kept[1] ~= 'waiting' then return 0 end
if kept[2] ~= attempt and result ~= 'delivered' then return 0 end
logAttempt(key, tonumber(attempt), tonumber(kept[3]) or now, result, ARGV[4])
if result == 'again' then
  redis.call('HSET', name, 'due', number(now + tonumber(ARGV[5])))
  redis.call('HDEL', name, 'began')
else
  done(key, kept[4], result)
end
return 1
