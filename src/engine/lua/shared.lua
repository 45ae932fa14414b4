-- Prepended to the other scripts: the clock, the keys, what is open, and the audit.
-- KEYS[1] is the prefix of all keys; its braces keep them in one hash slot.
local P = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function number(value) return string.format('%.0f', value) end

local function isOpen(id)
  local phase = redis.call('HGET', P .. 'x:' .. id, 'p')
  return phase and phase ~= 'closed'
end

local KEEP_AUDIT = 200000
local head

-- When the head was lost, the chain is broken there for everybody to see; but nothing stands still because of it. Any other
-- failure is one of Redis, and comes again at the second attempt.
local function lostHead()
  local about = redis.call('XINFO', 'STREAM', P .. 'audit')
  for i = 1, #about, 2 do
    if about[i] == 'last-generated-id' then return { n = tonumber(string.match(about[i + 1], '^%d+')), h = '' } end
  end
end

-- Adds a record to the audit's chain: each hash covers the one before it. `entry` is the record from its fourth field on, made
-- by the caller. Comes before all other writes of a script, so that nothing is written when this fails.
local function audit(entry, seq, at)
  if not head then
    local kept = redis.call('HMGET', P .. 'audit:head', 'n', 'h')
    head = { n = tonumber(kept[1]) or 0, h = kept[2] or '' }
  end
  for attempt = 1, 2 do
    local n = number(head.n + 1)
    local place = seq and '"seq":' .. number(seq) .. ',' or ''
    local text = '{"n":' .. n .. ',"at":' .. (at or number(now)) .. ',' .. place .. entry
    local hash = redis.sha1hex(head.h .. text)
    local add = attempt == 1 and redis.pcall or redis.call
    local added = add('XADD', P .. 'audit', 'MAXLEN', '~', KEEP_AUDIT, n .. '-0', 'a', text, 'h', hash)
    if type(added) == 'string' then
      head = { n = head.n + 1, h = hash }
      redis.call('HSET', P .. 'audit:head', 'n', n, 'h', hash)
      return
    end
    if string.find(added.err, 'equal or smaller', 1, true) then head = lostHead() end
  end
end
