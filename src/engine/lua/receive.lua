-- Takes in the alerts of one webhook: what each means to its episode, which executions it opens, and a record of every decision.
-- ARGV: 1 memory of episodes in ms, 2 memory of those that are open, 3 entries of the decision log, then per alert
--   status, fingerprint, startsAt (firing) or endsAt (resolved), facts as JSON, what is decided already as JSON without brackets,
--   number of openings, per opening: id, runbook, target, claims as JSON, execution as JSON,
--   entry of the audit
-- Gives per alert its decisions as JSON.
local memory, memoryOfOpen, keep = ARGV[1], ARGV[2], ARGV[3]
local at = 3

local function nextArgument()
  at = at + 1
  return ARGV[at]
end

local function readAlert()
  local alert = {
    status = nextArgument(),
    fingerprint = nextArgument(),
    moment = tonumber(nextArgument()),
    seen = nextArgument(),
    refused = nextArgument(),
    openings = {},
  }
  for i = 1, tonumber(nextArgument()) do
    alert.openings[i] = {
      id = nextArgument(),
      runbook = nextArgument(),
      target = nextArgument(),
      claims = nextArgument(),
      record = nextArgument(),
      entry = nextArgument(),
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

-- What is known of the alert's incidents, in one look.
local function readEpisode(key)
  local kept = redis.call('HMGET', key, 'o', 'first', 'last', 'tomb')
  return { open = kept[1] == '1', first = tonumber(kept[2]), last = tonumber(kept[3]), tomb = tonumber(kept[4]) or -1 }
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
  for _, opening in ipairs(alert.openings) do
    local claims = cjson.decode(opening.claims)
    local refusal
    if news == 'stale' then refusal = { because = 'stale', tombstone = tomb } else refusal = firstRefusal(claims, opening.id, false) end
    if refusal then
      noteFirst(refusal, opening.record)
      table.insert(decisions, suppressed(opening.runbook, cjson.encode(refusal)))
    else
      create(opening.id, opening.runbook, opening.target, alert.fingerprint, opening.record, opening.entry)
      take(claims, opening.id)
      table.insert(decisions, '{"runbook":"' .. opening.runbook .. '","decision":"opened","executionId":"' .. opening.id .. '"}')
    end
  end
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
  local episode = readEpisode(key)
  if alert.status == 'resolved' then return decideResolved(alert, over(alert, key, episode)) end
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
  local text = '{"at":' .. number(now) .. ',"seen":' .. alert.seen .. ',"decisions":[' .. decideAbout(alert) .. ']}'
  table.insert(answers, text)
  table.insert(entry, text)
  if #entry >= PER_ENTRY then writeEntry() end
end
writeEntry()
return answers
