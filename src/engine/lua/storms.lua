-- Gives the storms that go on: per storm its key, since, calmAt, first execution, proposal, and its targets with their times,
-- so many storms and so many targets in all.
local MOST, room = 100, 10000
local storms = {}
for _, key in ipairs(redis.call('ZRANGEBYSCORE', P .. 'storms', '(' .. number(now), '+inf', 'LIMIT', 0, MOST)) do
  local kept = redis.call('HMGET', P .. 'st:' .. key, 'since', 'calmAt', 'r', 'proposal')
  local targets = room > 0 and redis.call('ZRANGE', P .. 'sh:' .. key, 0, room - 1, 'WITHSCORES') or {}
  room = room - #targets / 2
  if kept[2] then table.insert(storms, { key, kept[1], kept[2], kept[3] or '', kept[4] or '', targets }) end
end
return storms
