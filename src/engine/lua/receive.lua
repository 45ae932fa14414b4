-- Takes in the alerts of one webhook: what each means to its episode, which executions it opens, and a record of every decision.
-- ARGV: 1 memory of episodes in ms, 2 memory of those that are open, 3 entries of the decision log, then per alert
--   status, fingerprint, startsAt (firing) or endsAt (resolved), facts as JSON, refusals as JSON without brackets,
--   number of repeats, per repeat: runbook, execution;
--   number of openings, per opening: id, runbook, target, claims as JSON, execution as JSON
-- Gives per alert its decisions as JSON, or '' when a repeat is none and nothing was kept for the alert.
local memory, memoryOfOpen, keep = ARGV[1], ARGV[2], ARGV[3]
local at = 3

local function nextArgument()
  at = at + 1
  return ARGV[at]
end

local function number(value) return string.format('%.0f', value) end

local function readAlert()
  local alert = {
    status = nextArgument(),
    fingerprint = nextArgument(),
    moment = tonumber(nextArgument()),
    seen = nextArgument(),
    refused = nextArgument(),
    repeats = {},
    openings = {},
  }
  for i = 1, tonumber(nextArgument()) do alert.repeats[i] = { runbook = nextArgument(), id = nextArgument() } end
  for i = 1, tonumber(nextArgument()) do
    alert.openings[i] = {
      id = nextArgument(),
      runbook = nextArgument(),
      target = nextArgument(),
      claims = nextArgument(),
      record = nextArgument(),
    }
  end
  return alert
end

local function signal(id, event)
  redis.call('RPUSH', P .. 's:' .. id, event)
  -- the version rises, so that a worker who has not seen the signal cannot save its next intent
  redis.call('HINCRBY', P .. 'x:' .. id, 'v', 1)
  redis.call('ZADD', P .. 'due', 'LT', now, id)
end

-- What is known of the alert's incidents, and who answered the present one, in one look.
local function readEpisode(alert, key)
  local fields = { 'o', 'first', 'last', 'tomb' }
  for _, one in ipairs(alert.repeats) do
    table.insert(fields, 'x:' .. one.runbook)
    table.insert(fields, 'c:' .. one.runbook)
  end
  local kept = redis.call('HMGET', key, unpack(fields))
  return { open = kept[1] == '1', first = tonumber(kept[2]), last = tonumber(kept[3]), tomb = tonumber(kept[4]) or -1, kept = kept }
end

-- Nothing may be changed before this is known: an alert that must be handed in again must find everything as it was.
local function areRepeats(alert, episode)
  if #alert.repeats > 0 and not episode.open then return false end
  for i, one in ipairs(alert.repeats) do
    local answeredBy, closedAt = episode.kept[3 + 2 * i], episode.kept[4 + 2 * i]
    if answeredBy ~= one.id or (closedAt and alert.moment > tonumber(closedAt)) then return false end
  end
  return true
end

local function fired(alert, key, episode)
  local moment = alert.moment
  if episode.open then
    if moment > episode.last then
      redis.call('HSET', key, 'last', number(moment))
      redis.call('HINCRBY', key, 'flaps', 1)
    elseif moment < episode.first then
      redis.call('HSET', key, 'first', number(moment))
    end
    return 'same'
  end
  if moment <= episode.tomb then return 'stale' end
  redis.call('DEL', key)
  redis.call('HSET', key, 'o', '1', 'first', number(moment), 'last', number(moment), 'tomb', number(episode.tomb), 'flaps', '0')
  redis.call('PEXPIRE', key, memoryOfOpen)
  for _, id in ipairs(redis.call('SMEMBERS', P .. 'eo:' .. alert.fingerprint)) do
    signal(id, '{"type":"alert-refired","startsAt":' .. number(moment) .. '}')
  end
  return 'new'
end

local function over(alert, key, episode)
  redis.call('HSET', key, 'tomb', number(math.max(episode.tomb, alert.moment)))
  if not episode.open then redis.call('PEXPIRE', key, memory) end
  if not episode.open or alert.moment < episode.last then return false end
  redis.call('HSET', key, 'o', '0')
  redis.call('PEXPIRE', key, memory)
  return true
end

local function suppressed(runbook, refusal)
  return '{"runbook":"' .. runbook .. '","decision":"suppressed","refusal":' .. refusal .. '}'
end

local function decideFiring(alert, news, tomb)
  local decisions = {}
  if alert.refused ~= '' then table.insert(decisions, alert.refused) end
  for _, one in ipairs(alert.repeats) do
    table.insert(decisions, suppressed(one.runbook, '{"because":"duplicate","executionId":"' .. one.id .. '"}'))
  end
  for _, opening in ipairs(alert.openings) do
    local claims = cjson.decode(opening.claims)
    local refusal
    if news == 'stale' then refusal = { because = 'stale', tombstone = tomb } else refusal = firstRefusal(claims, opening.id) end
    if refusal then
      table.insert(decisions, suppressed(opening.runbook, cjson.encode(refusal)))
    else
      take(claims, opening.id)
      create(opening.id, opening.runbook, opening.target, alert.fingerprint, opening.record)
      table.insert(decisions, '{"runbook":"' .. opening.runbook .. '","decision":"opened","executionId":"' .. opening.id .. '"}')
    end
  end
  if #decisions == 0 then return '{"decision":"noted","because":"no-runbook"}' end
  return table.concat(decisions, ',')
end

local function decideResolved(alert, isOver)
  if not isOver then return '{"decision":"noted","detail":"resolved; not news"}' end
  local decisions = {}
  for _, id in ipairs(redis.call('SMEMBERS', P .. 'eo:' .. alert.fingerprint)) do
    local kept = redis.call('HMGET', P .. 'x:' .. id, 'p', 'b')
    local decision = (kept[1] == 'planning' or kept[1] == 'awaiting-approval') and 'closed' or 'noted'
    signal(id, '{"type":"alert-resolved","endsAt":' .. number(alert.moment) .. '}')
    table.insert(decisions, cjson.encode({ runbook = kept[2], decision = decision, executionId = id, detail = 'the alert resolved' }))
  end
  if #decisions == 0 then return '{"decision":"noted","detail":"resolved; nothing is open for it"}' end
  return table.concat(decisions, ',')
end

local function decideAbout(alert)
  local key = P .. 'ep:' .. alert.fingerprint
  local episode = readEpisode(alert, key)
  if alert.status == 'resolved' then return decideResolved(alert, over(alert, key, episode)) end
  if not areRepeats(alert, episode) then return nil end
  return decideFiring(alert, fired(alert, key, episode), episode.tomb)
end

-- Several alerts share an entry of the log: an entry costs more than what stands in it.
local PER_ENTRY = 10
local answers, entry = {}, {}

local function writeEntry()
  if #entry == 0 then return end
  redis.call('XADD', P .. 'decisions', 'MAXLEN', '~', keep, '*', 'd', '[' .. table.concat(entry, ',') .. ']')
  entry = {}
end

while at < #ARGV do
  local alert = readAlert()
  local decisions = decideAbout(alert)
  local text = ''
  if decisions then
    text = '{"at":' .. number(now) .. ',"seen":' .. alert.seen .. ',"decisions":[' .. decisions .. ']}'
    table.insert(entry, text)
    if #entry >= PER_ENTRY then writeEntry() end
  end
  table.insert(answers, text)
end
writeEntry()
return answers
