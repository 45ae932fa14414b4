-- Letters: one message to one notifier each. `ob:q:<notifier>` has those that wait in the order in which they are to be sent,
-- `ob:all` and `ob:x:<execution>` all of them by the time they were put. The bounds are those of outbox.ts.
local KEEP_MS, MOST_LETTERS, MOST_WAITING, MOST_ATTEMPTS, PATIENCE = 30 * 86400000, 10000, 1000, 50, 5

local function logAttempt(key, attempt, at, result, detail)
  local log = P .. 'ob:l:' .. key
  local ended = result ~= 'unknown' and ',"endedAt":' .. number(now) or ''
  local why = detail ~= '' and ',"detail":' .. cjson.encode(detail) or ''
  local text = '{"attempt":' .. number(attempt) .. ',"at":' .. number(at) .. ended .. ',"result":"' .. result .. '"' .. why .. '}'
  redis.call('RPUSH', log, text)
  redis.call('LTRIM', log, -MOST_ATTEMPTS, -1)
  redis.call('PEXPIRE', log, KEEP_MS)
end

local function leave(key, lane)
  redis.call('ZREM', P .. 'ob:q:' .. lane, key)
  if redis.call('EXISTS', P .. 'ob:q:' .. lane) == 0 then redis.call('SREM', P .. 'ob:lanes', lane) end
end

local function done(key, lane, state)
  redis.call('HSET', P .. 'ob:m:' .. key, 's', state, 'done', number(now))
  redis.call('HDEL', P .. 'ob:m:' .. key, 'began', 'due')
  leave(key, lane)
end

-- Forgets the letters that were put first when there are too many; what expired by itself is gone from the index too.
local function boundLetters()
  redis.call('ZREMRANGEBYSCORE', P .. 'ob:all', '-inf', now - KEEP_MS)
  while redis.call('ZCARD', P .. 'ob:all') > MOST_LETTERS do
    local key = redis.call('ZPOPMIN', P .. 'ob:all')[1]
    local kept = redis.call('HMGET', P .. 'ob:m:' .. key, 'lane', 'x')
    if kept[1] then leave(key, kept[1]) end
    if kept[2] and kept[2] ~= '' then redis.call('ZREM', P .. 'ob:x:' .. kept[2], key) end
    redis.call('DEL', P .. 'ob:m:' .. key, P .. 'ob:l:' .. key)
  end
end

-- Gives the letter that had waited longest for the same notifier, when it had to make room.
local function putLetter(letter, order)
  local key, lane, execution = letter.key, letter.lane, letter.execution
  redis.call('HSET', P .. 'ob:m:' .. key, 'm', letter.text, 'lane', lane, 'x', execution, 's', 'waiting', 'n', 0,
    'at', number(now), 'due', number(now))
  redis.call('PEXPIRE', P .. 'ob:m:' .. key, KEEP_MS)
  redis.call('ZADD', P .. 'ob:q:' .. lane, number(order), key)
  redis.call('SADD', P .. 'ob:lanes', lane)
  redis.call('ZADD', P .. 'ob:all', now, key)
  if execution ~= '' then
    redis.call('ZADD', P .. 'ob:x:' .. execution, now, key)
    redis.call('PEXPIRE', P .. 'ob:x:' .. execution, KEEP_MS)
  end
  if redis.call('ZCARD', P .. 'ob:q:' .. lane) <= MOST_WAITING then return nil end
  local oldest = redis.call('ZRANGE', P .. 'ob:q:' .. lane, 0, 0)[1]
  local text = redis.call('HGET', P .. 'ob:m:' .. oldest, 'm')
  logAttempt(oldest, 0, now, 'given-up', 'too many messages wait for this notifier')
  done(oldest, lane, 'given-up')
  return text
end
