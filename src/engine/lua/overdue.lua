-- Gives executions whose time has passed and puts them off, so that several sweepers do not ring for the same one.
-- ARGV: grace in ms, again in ms, limit
local ids = redis.call('ZRANGEBYSCORE', P .. 'due', '-inf', now - tonumber(ARGV[1]), 'LIMIT', 0, ARGV[3])
for _, id in ipairs(ids) do redis.call('ZADD', P .. 'due', now + tonumber(ARGV[2]), id) end
return ids
