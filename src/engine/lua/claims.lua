-- How claims are checked and taken; the memory twin has the same rules (memory-claims.ts). Storms, loops and centres have files
-- of their own. A refusal is a table as in src/core/claim-refusal.ts. With `looking` nothing is marked.
local refusals, takes = {}, {}
local MARK_MS = 30 * 86400000

function refusals.episode(claim)
  local key = P .. 'ep:' .. claim.fingerprint
  local seen = redis.call('HMGET', key, 'x:' .. claim.runbook, 'c:' .. claim.runbook)
  if not seen[1] then return nil end
  -- an alert that began again after its execution had ended is answered again, if the cooldown allows
  if seen[2] and claim.startsAt > tonumber(seen[2]) then return nil end
  return { because = 'duplicate', executionId = seen[1] }
end

function takes.episode(claim, id)
  local key = P .. 'ep:' .. claim.fingerprint
  redis.call('HSET', key, 'x:' .. claim.runbook, id)
  redis.call('HDEL', key, 'c:' .. claim.runbook)
  -- opened outside of a webhook, for an incident that is forgotten
  if redis.call('PTTL', key) == -1 then redis.call('PEXPIRE', key, MARK_MS) end
end

function refusals.exclusive(claim, id)
  local holder = redis.call('GET', P .. 'lk:' .. claim.target)
  if holder and holder ~= id then return { because = 'target-busy', executionId = holder } end
end

function takes.exclusive(claim, id) redis.call('SET', P .. 'lk:' .. claim.target, id) end

-- When something was done and by whom, as it is kept in one text.
local function mark(id) return number(now) .. '|' .. id end

local function readMark(text)
  local at, by = string.match(text or '', '^(%d+)|(.*)$')
  return tonumber(at), by
end

function refusals.interval(claim, id)
  local at, by = readMark(redis.call('GET', P .. 'iv:' .. claim.target))
  if not at or by == id then return nil end
  for _, other in ipairs(claim.except or {}) do
    if by == other then return nil end
  end
  local left = at + claim.ms - now
  if left > 0 then return { because = 'cooldown', leftMs = left, executionId = by } end
end

function takes.interval(claim, id)
  redis.call('SET', P .. 'iv:' .. claim.target, mark(id), 'PX', math.max(MARK_MS, claim.ms))
end

local function budgetKey(claim) return P .. 'bg:' .. claim.guard .. '|' .. claim.key end

-- An execution counts while it is open, and for the window after it was opened or, later, begun.
function refusals.budget(claim, id, looking)
  local key, from = budgetKey(claim), now - claim.windowMs
  local used, first = 0, nil
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', key, '-inf', from)) do
    if isOpen(member) then
      if member ~= id then used, first = used + 1, first or member end
    elseif not looking then
      redis.call('ZREM', key, member)
    end
  end
  local recent = redis.call('ZCOUNT', key, '(' .. number(from), '+inf')
  local own = redis.call('ZSCORE', key, id)
  if own and tonumber(own) > from then recent = recent - 1 end
  used = used + recent
  if used < claim.limit then return nil end
  local refusal = { because = claim.guard, key = claim.key, used = used, limit = claim.limit, executionId = first }
  if not first and used > 0 then
    local oldest = redis.call('ZRANGEBYSCORE', key, '(' .. number(from), '+inf', 'WITHSCORES', 'LIMIT', 0, 2)
    local i = oldest[1] == id and 3 or 1
    refusal.executionId = oldest[i]
    -- the next is free when the oldest leaves the window, unless that is open or too many are in it
    if used == claim.limit and not isOpen(oldest[i]) then refusal.leftMs = tonumber(oldest[i + 1]) + claim.windowMs - now end
  end
  return refusal
end

function takes.budget(claim, id)
  redis.call('ZADD', budgetKey(claim), now, id)
  redis.call('PEXPIRE', budgetKey(claim), math.max(MARK_MS, claim.windowMs))
end

function refusals.unpaused(claim)
  local pause = pausing(claim.scopes)
  if pause then return { because = 'paused', scope = pause.scope, reason = pause.reason } end
end

local function workKey(plugin) return P .. 'ac:' .. plugin end

function refusals.compatible(claim, id, looking)
  for _, plugin in ipairs(claim.opponents) do
    local rank = 0
    repeat
      local member = redis.call('ZRANGE', workKey(plugin), rank, rank)[1]
      if member == id then rank = rank + 1
      elseif member and isOpen(member) then return { because = 'conflict', plugin = plugin, executionId = member }
      -- left behind by an execution that is gone: whether it stands there nobody can see
      elseif member and looking then rank = rank + 1
      elseif member then redis.call('ZREM', workKey(plugin), member) end
    until not member
  end
end

-- The first entry counts: it says since when.
local function work(plugins, id)
  for _, plugin in ipairs(plugins) do redis.call('ZADD', workKey(plugin), 'NX', now, id) end
end

local function rest(plugins, id)
  for _, plugin in ipairs(plugins) do redis.call('ZREM', workKey(plugin), id) end
end

function takes.compatible(claim, id)
  if not claim.look then work(claim.plugins, id) end
end

local RANK = { observe = 1, approve = 2, auto = 3 }

function refusals.trusted(claim)
  local kept = redis.call('HMGET', P .. 'tr:' .. claim.runbook, 'cap', 'why', 'id')
  if not kept[1] or RANK[kept[1]] >= RANK[claim.mode] then return nil end
  return { because = 'not-trusted', to = kept[1], why = kept[2], executionId = kept[3] }
end
