-- Loops: an alert that comes back again and again, and changes that undo each other. Both freeze the target.
local function loopRefusal(target, reason, by, looking)
  local id = looking and frozenId(target) or freeze(target, reason, by)
  return { because = 'loop', pauseId = id, reason = reason, executionId = by }
end

local function refiresKey(claim) return P .. 'rf:' .. claim.target .. '|' .. claim.fingerprint end

function refusals.refires(claim, _, looking)
  local recent = redis.call('ZRANGEBYSCORE', refiresKey(claim), '(' .. number(now - claim.windowMs), '+inf')
  local last = recent[#recent]
  if not last or #recent < claim.limit then return nil end
  local reason = 'the alert came back ' .. #recent .. ' times after it was answered, last by ' .. last
  return loopRefusal(claim.target, reason, last, looking)
end

function takes.refires(claim, id)
  local key = refiresKey(claim)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - claim.windowMs)
  redis.call('ZADD', key, now, id)
  redis.call('PEXPIRE', key, claim.windowMs)
end

local function doneKey(claim, hash) return P .. 'op:' .. claim.target .. '|' .. hash end

function refusals.opposite(claim, id, looking)
  if not claim.refuse then return nil end
  for _, hash in ipairs(claim.undoes) do
    local at, by = readMark(redis.call('GET', doneKey(claim, hash)))
    if at and by ~= id and at > now - claim.windowMs then
      return loopRefusal(claim.target, 'the opposite of what ' .. by .. ' has just done', by, looking)
    end
  end
end

function takes.opposite(claim, id)
  for _, hash in ipairs(claim.does) do redis.call('SET', doneKey(claim, hash), mark(id), 'PX', claim.windowMs) end
end
