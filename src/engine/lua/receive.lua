-- Takes in the alerts of one webhook: what each means to its episode, which executions it opens, and a record of every decision.
-- ARGV: memory of episodes in ms, length of the decision log, then per alert one JSON and behind it one JSON per opening.
local memory, keep = tonumber(ARGV[1]), ARGV[2]
local answers = {}

local function signal(id, event)
  redis.call('RPUSH', P .. 's:' .. id, event)
  -- the version rises, so that a worker who has not seen the signal cannot save its next intent
  redis.call('HINCRBY', P .. 'x:' .. id, 'v', 1)
  redis.call('ZADD', P .. 'due', 'LT', now, id)
end

local function number(value) return string.format('%.0f', value) end

local function fired(alert, key)
  local kept = redis.call('HMGET', key, 'o', 'first', 'last', 'tomb', 'flaps')
  local tomb = tonumber(kept[4]) or -1
  if kept[1] == '1' then
    local first, last = tonumber(kept[2]), tonumber(kept[3])
    if alert.startsAt > last then
      redis.call('HSET', key, 'last', number(alert.startsAt))
      redis.call('HINCRBY', key, 'flaps', 1)
    elseif alert.startsAt < first then
      redis.call('HSET', key, 'first', number(alert.startsAt))
    end
    return 'same', tomb
  end
  if alert.startsAt <= tomb then return 'stale', tomb end
  redis.call('DEL', key)
  local at = number(alert.startsAt)
  redis.call('HSET', key, 'o', '1', 'first', at, 'last', at, 'tomb', number(tomb), 'flaps', '0')
  for _, id in ipairs(redis.call('SMEMBERS', P .. 'eo:' .. alert.fingerprint)) do
    signal(id, '{"type":"alert-refired","startsAt":' .. at .. '}')
  end
  return 'new', tomb
end

local function over(alert, key)
  local kept = redis.call('HMGET', key, 'o', 'last', 'tomb')
  local tomb = math.max(tonumber(kept[3]) or -1, alert.endsAt)
  redis.call('HSET', key, 'tomb', number(tomb))
  if kept[1] ~= '1' or alert.endsAt < tonumber(kept[2]) then return false end
  redis.call('HSET', key, 'o', '0')
  return true
end

local function decideFiring(alert, news, tomb, argument, decisions)
  for _, no in ipairs(alert.refusals) do
    table.insert(decisions, { runbook = no.runbook, decision = 'suppressed', because = no.because, detail = no.detail })
  end
  for i, opening in ipairs(alert.openings) do
    local refusal
    if news == 'stale' then refusal = { because = 'stale', tombstone = tomb } else refusal = firstRefusal(opening.claims, opening.id) end
    if refusal then
      table.insert(decisions, { runbook = opening.runbook, decision = 'suppressed', refusal = refusal })
    else
      take(opening.claims, opening.id)
      create(opening.id, opening.runbook, opening.target, alert.fingerprint, ARGV[argument + i])
      table.insert(decisions, { runbook = opening.runbook, decision = 'opened', executionId = opening.id })
    end
  end
  if #decisions == 0 then table.insert(decisions, { decision = 'noted', because = 'no-runbook' }) end
end

local function decideResolved(alert, isOver, decisions)
  if isOver then
    for _, id in ipairs(redis.call('SMEMBERS', P .. 'eo:' .. alert.fingerprint)) do
      local kept = redis.call('HMGET', P .. 'x:' .. id, 'p', 'b')
      local decision = (kept[1] == 'planning' or kept[1] == 'awaiting-approval') and 'closed' or 'noted'
      signal(id, '{"type":"alert-resolved","endsAt":' .. number(alert.endsAt) .. '}')
      table.insert(decisions, { runbook = kept[2], decision = decision, executionId = id, detail = 'the alert resolved' })
    end
  end
  if #decisions == 0 then
    table.insert(decisions, { decision = 'noted', detail = isOver and 'resolved; nothing is open for it' or 'resolved; not news' })
  end
end

local argument = 3
while argument <= #ARGV do
  local alert = cjson.decode(ARGV[argument])
  local key = P .. 'ep:' .. alert.fingerprint
  local decisions = {}
  if alert.status == 'firing' then
    local news, tomb = fired(alert, key)
    decideFiring(alert, news, tomb, argument, decisions)
  else
    decideResolved(alert, over(alert, key), decisions)
  end
  redis.call('PEXPIRE', key, memory)
  local text = cjson.encode({ at = now, seen = alert.seen, decisions = decisions })
  redis.call('XADD', P .. 'decisions', 'MAXLEN', '~', keep, '*', 'd', text)
  table.insert(answers, text)
  argument = argument + 1 + #alert.openings
end
return answers
