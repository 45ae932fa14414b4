-- Gives the next letter for a notifier, and keeps it from others for a time. ARGV: notifier, lease in ms
-- Gives nothing, or key, text, attempt, time it was put.
local lane, blocked = ARGV[1], {}
for _, key in ipairs(redis.call('ZRANGE', P .. 'ob:q:' .. lane, 0, -1)) do
  local name = P .. 'ob:m:' .. key
  local kept = redis.call('HMGET', name, 'm', 'n', 'due', 'x', 'at', 'began')
  local text, attempts, due, execution, at, began = unpack(kept, 1, 6)
  if not text then leave(key, lane)
  else
    if tonumber(due) <= now and not blocked[execution] then
      -- whoever had it ended before it could say what came of it
      if began then logAttempt(key, tonumber(attempts), tonumber(began), 'unknown', '') end
      local attempt = redis.call('HINCRBY', name, 'n', 1)
      redis.call('HSET', name, 'due', number(now + tonumber(ARGV[2])), 'began', number(now))
      return { key, text, number(attempt), at }
    end
    if execution ~= '' and tonumber(attempts) < PATIENCE then blocked[execution] = true end
  end
end
return {}
