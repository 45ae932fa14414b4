-- Which centres are out of service: for each a list of those who took it out, as several executions may have, and people.
local OUT = P .. 'out'

local function ownersOf(center) return cjson.decode(redis.call('HGET', OUT, center) or '[]') end

local function keepOwners(center, owners)
  if #owners == 0 then redis.call('HDEL', OUT, center) else redis.call('HSET', OUT, center, cjson.encode(owners)) end
end

local function without(owners, id)
  local left = {}
  for _, owner in ipairs(owners) do
    if owner ~= id then table.insert(left, owner) end
  end
  return left
end

local function takeOut(center, id)
  local owners = without(ownersOf(center), id)
  table.insert(owners, id)
  keepOwners(center, owners)
end

-- When each centre was moved last, which way, and by whom.
local MOVED = P .. 'mv'

local function noteMove(center, way, id)
  redis.call('HSET', MOVED, center, '{"way":"' .. way .. '","at":' .. number(now) .. ',"by":' .. cjson.encode(id) .. '}')
end

-- An event has moved centres. Given back, a centre is in service only when nobody else has it out, and what had stood in for
-- it is out only when it was before.
local function moved(move, id)
  local into = move['in']
  if not move.back then
    noteMove(move.out, 'out', id)
    if into then noteMove(into, 'in', id) end
    return
  end
  if #without(ownersOf(move.out), id) == 0 then noteMove(move.out, 'in', id) end
  local wasOut = into and (#ownersOf(into) > 0 or redis.call('HEXISTS', P .. 'x:' .. id, 'back') == 1)
  if wasOut then noteMove(into, 'out', id) end
end

-- Why a centre must stay as it is for a while.
local function resting(rule, center, way, claim, id)
  local kept = rule.antiFlapMs and rule.among[center] and redis.call('HGET', MOVED, center)
  local last = kept and cjson.decode(kept)
  if not last or last.way == way or last.by == id then return nil end
  for _, other in ipairs(claim.except or {}) do
    if last.by == other then return nil end
  end
  local left = last.at + rule.antiFlapMs - now
  if left <= 0 then return nil end
  return { because = 'capacity', rule = rule.name, center = center, moved = last.way, at = last.at, by = last.by, leftMs = left }
end

function refusals.serving(claim, id)
  local into = claim['in']
  if claim.serves and into then
    local owners = without(ownersOf(into), id)
    if #owners > 0 then return { because = 'capacity', center = into, takenOutBy = owners[1] } end
  end
  local out = {}
  local kept = redis.call('HGETALL', OUT)
  for i = 1, #kept, 2 do
    if #without(cjson.decode(kept[i + 1]), id) > 0 then out[kept[i]] = true end
  end
  if into then out[into] = nil end
  out[claim.out] = true
  for _, rule in ipairs(claim.rules) do
    local left, needed = 0, rule.minServing or rule.minCapacity or 0
    for center, capacity in pairs(rule.among) do
      if not out[center] then left = left + (rule.minServing and 1 or capacity) end
    end
    if rule.among[claim.out] and left < needed then return { because = 'capacity', rule = rule.name, left = left, needed = needed } end
    local rest = resting(rule, claim.out, 'out', claim, id) or into and resting(rule, into, 'in', claim, id)
    if rest then return rest end
  end
end

function takes.serving(claim, id)
  if not claim.look then takeOut(claim.out, id) end
end

-- At the end of an execution its centre stays out of service when the change is kept, and is back when it is not. What the
-- change has brought in is in service then, and out again with those who took it out when the change is taken back after all.
local function settleServing(serving, id)
  local record = P .. 'x:' .. id
  if serving.proven then redis.call('HSET', P .. 'pv', serving['in'], number(now)) end
  if not serving.kept then
    keepOwners(serving.out, without(ownersOf(serving.out), id))
    local back = redis.call('HGET', record, 'back')
    if not back then return end
    back = cjson.decode(back)
    for _, owner in ipairs(back.owners) do takeOut(back.center, owner) end
    redis.call('HDEL', record, 'back')
    return
  end
  local owners = serving['in'] and ownersOf(serving['in']) or {}
  if #owners == 0 then return end
  keepOwners(serving['in'], {})
  redis.call('HSET', record, 'back', cjson.encode({ center = serving['in'], owners = owners }))
end
