-- The kill switch: what people have paused, and the targets that loops have frozen.

-- The rule of src/core/pause.ts: in a target's glob `*` stands for any text, all else for itself. Without Lua's patterns, which take
-- exponential time for some globs and stumble over NUL.
local function globMatches(glob, text)
  if string.sub(glob, 1, 7) ~= 'target:' then return false end
  local star = string.find(glob, '*', 1, true)
  if not star then return glob == text end
  if string.sub(text, 1, star - 1) ~= string.sub(glob, 1, star - 1) then return false end
  local at, from = star, star + 1
  star = string.find(glob, '*', from, true)
  while star do
    local _, last = string.find(text, string.sub(glob, from, star - 1), at, true)
    if not last then return false end
    at, from = last + 1, star + 1
    star = string.find(glob, '*', from, true)
  end
  local rest = string.sub(glob, from)
  return #text - #rest >= at - 1 and string.sub(text, #text - #rest + 1) == rest
end

local function isOver(pause) return pause['until'] and now >= pause['until'] end

-- Frozen targets stand apart from what people have paused: these are few and looked through, those are looked up.
local function frozenId(target) return 'loop-' .. string.sub(redis.sha1hex(target), 1, 12) end

local function frozen(scope)
  if string.sub(scope, 1, 7) ~= 'target:' then return nil end
  local text = redis.call('HGET', P .. 'frozen', frozenId(string.sub(scope, 8)))
  local pause = text and cjson.decode(text)
  return pause and pause.scope == scope and pause or nil
end

local byPeople

local function readByPeople()
  byPeople = {}
  for _, text in ipairs(redis.call('HVALS', P .. 'pauses')) do
    local pause = cjson.decode(text)
    if not isOver(pause) then table.insert(byPeople, pause) end
  end
end

-- The oldest pause that is in force for one of these scopes.
local function pausing(scopes)
  if not byPeople then readByPeople() end
  local found
  local function consider(pause)
    if pause and (not found or pause.at < found.at) then found = pause end
  end
  for _, scope in ipairs(scopes) do
    for _, pause in ipairs(byPeople) do
      if scope == pause.scope or globMatches(pause.scope, scope) then consider(pause) end
    end
    consider(frozen(scope))
  end
  return found
end

local MOST_FROZEN = 1000

-- A frozen target is a paused one: only a person lets it go. When very many are frozen something is wrong with everything.
local function freeze(target, reason, by)
  local pause = { id = frozenId(target), scope = 'target:' .. target, reason = reason, by = 'firebreak', at = now, executionId = by }
  local where = P .. 'frozen'
  if redis.call('HEXISTS', where, pause.id) == 1 then return pause.id end
  if redis.call('HLEN', where) >= MOST_FROZEN then
    where, pause.id, pause.scope = P .. 'pauses', 'loop-all', 'all'
    pause.reason = MOST_FROZEN .. ' targets are frozen, and one more: ' .. target .. ', ' .. reason
    if redis.call('HEXISTS', where, pause.id) == 1 then return pause.id end
  end
  local detail = cjson.encode(pause.scope .. ': ' .. pause.reason)
  audit('"what":"pause-added","of":"' .. pause.id .. '","by":"firebreak","detail":' .. detail .. '}')
  redis.call('HSET', where, pause.id, cjson.encode(pause))
  byPeople = nil
  return pause.id
end
