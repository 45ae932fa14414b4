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

function refusals.serving(claim, id)
  local out = {}
  local kept = redis.call('HGETALL', OUT)
  for i = 1, #kept, 2 do
    if #without(cjson.decode(kept[i + 1]), id) > 0 then out[kept[i]] = true end
  end
  if claim['in'] then out[claim['in']] = nil end
  out[claim.out] = true
  for _, rule in ipairs(claim.rules) do
    local left, needed = 0, rule.minServing or rule.minCapacity or 0
    for center, capacity in pairs(rule.among) do
      if not out[center] then left = left + (rule.minServing and 1 or capacity) end
    end
    if rule.among[claim.out] and left < needed then return { because = 'capacity', rule = rule.name, left = left, needed = needed } end
  end
end

function takes.serving(claim, id)
  if not claim.look then takeOut(claim.out, id) end
end

-- At the end of an execution its centre stays out of service when the change is kept, and is back when it is not. What the
-- change has brought in is in service then, and out again with those who took it out when the change is taken back after all.
local function settleServing(serving, id)
  local record = P .. 'x:' .. id
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
