-- Gives members of a time-ordered set whose time has come and puts them off, so that several workers do not take the same one.
-- ARGV: name of the set, again in ms, limit
local due = redis.call('ZRANGEBYSCORE', P .. ARGV[1], '-inf', now, 'LIMIT', 0, ARGV[3])
for _, member in ipairs(due) do redis.call('ZADD', P .. ARGV[1], now + tonumber(ARGV[2]), member) end
return due
