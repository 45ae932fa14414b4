-- Keeps how a drill ended, once for each moment at which it began.
-- ARGV: 1 drill, 2 when it began, 3 result, 4 entry of the audit, 5 runs kept of each, 6 drills kept
local name, at = ARGV[1], ARGV[2]
local runs, names = P .. 'dr:' .. name, P .. 'drs'
if redis.call('ZCOUNT', runs, at, at) > 0 then return 0 end
local oldest = redis.call('ZRANGE', runs, 0, 0, 'WITHSCORES')
-- older than all that is kept: it would be dropped at once, and written down again with every repeat
if redis.call('ZCARD', runs) >= tonumber(ARGV[5]) and tonumber(at) < tonumber(oldest[2]) then return 0 end
audit(ARGV[4])
redis.call('ZADD', runs, at, ARGV[3])
redis.call('ZREMRANGEBYRANK', runs, 0, -(tonumber(ARGV[5]) + 1))
local last = redis.call('ZREVRANGE', runs, 0, 0, 'WITHSCORES')
redis.call('HSET', P .. 'drl', name, last[1])
redis.call('ZADD', names, last[2], name)
while redis.call('ZCARD', names) > tonumber(ARGV[6]) do
  local gone = redis.call('ZRANGE', names, 0, 0)[1]
  redis.call('ZREM', names, gone)
  redis.call('HDEL', P .. 'drl', gone)
  redis.call('DEL', P .. 'dr:' .. gone)
end
return 1
