-- Begins a pause, and puts away those that are over. ARGV: id, pause as JSON, entry of the audit
audit(ARGV[3])
local kept = redis.call('HGETALL', P .. 'pauses')
for i = 1, #kept, 2 do
  if isOver(cjson.decode(kept[i + 1])) then redis.call('HDEL', P .. 'pauses', kept[i]) end
end
redis.call('HSET', P .. 'pauses', ARGV[1], ARGV[2])
noteFact('{"is":"paused","pause":' .. ARGV[2] .. '}')
