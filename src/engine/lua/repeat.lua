-- Takes in alerts that are said to be repeats: the episode is open and every runbook has answered it. Only looks, and
-- writes the log. Stands alone, without shared.lua: most alerts are repeats, and this is what a storm costs.
-- ARGV: 1 entries of the decision log, then per alert: fingerprint, startsAt, decisions as JSON without their time,
--   number of runbooks, per runbook: its name and the execution that answered
-- Gives the time, and per alert '1', or '0' when it is no repeat and nothing was kept for it.
local P = KEYS[1]
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local PER_ENTRY = 10
local kept, entry, size, at = {}, {}, 0, 2

local function isRepeat(key, startsAt, first, count)
  local found
  if count == 0 then
    found = redis.call('HMGET', key, 'o', 'first', 'last')
  elseif count == 1 then
    local runbook = ARGV[first]
    found = redis.call('HMGET', key, 'o', 'first', 'last', 'x:' .. runbook, 'c:' .. runbook)
  else
    local fields = { 'o', 'first', 'last' }
    for i = first, first + 2 * count - 1, 2 do
      fields[#fields + 1] = 'x:' .. ARGV[i]
      fields[#fields + 1] = 'c:' .. ARGV[i]
    end
    found = redis.call('HMGET', key, unpack(fields))
  end
  -- a start outside of what is known changes the episode, which is not done here
  if found[1] ~= '1' or startsAt < tonumber(found[2]) or startsAt > tonumber(found[3]) then return false end
  for i = 1, count do
    if found[2 + 2 * i] ~= ARGV[first + 2 * i - 1] then return false end
    local closedAt = found[3 + 2 * i]
    if closedAt and startsAt > tonumber(closedAt) then return false end
  end
  return true
end

while at <= #ARGV do
  local count = tonumber(ARGV[at + 3])
  if isRepeat(P .. 'ep:' .. ARGV[at], tonumber(ARGV[at + 1]), at + 4, count) then
    size = size + 1
    entry[size] = '{"at":' .. now .. ',' .. ARGV[at + 2]
    kept[#kept + 1] = '1'
    if size == PER_ENTRY then
      redis.call('XADD', P .. 'decisions', 'MAXLEN', '~', ARGV[1], '*', 'd', '[' .. table.concat(entry, ',') .. ']')
      entry, size = {}, 0
    end
  else
    kept[#kept + 1] = '0'
  end
  at = at + 4 + 2 * count
end
if size > 0 then
  redis.call('XADD', P .. 'decisions', 'MAXLEN', '~', ARGV[1], '*', 'd', '[' .. table.concat(entry, ',') .. ']')
end
return { now, table.concat(kept) }
