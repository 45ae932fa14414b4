-- What people may have to hear of is noted in the script that makes it so, and looked at later. The bounds are those of outbox.ts.
local MOST_FACTS = 10000

-- Notes a fact, as JSON.
local function noteFact(fact)
  redis.call('ZADD', P .. 'ob:facts', now, fact)
  if redis.call('ZCARD', P .. 'ob:facts') > MOST_FACTS then redis.call('ZPOPMIN', P .. 'ob:facts') end
end
