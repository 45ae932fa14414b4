-- Gives the members of a time-ordered set that are younger than so many ms. ARGV: key, ms
return redis.call('ZRANGEBYSCORE', ARGV[1], '(' .. number(now - tonumber(ARGV[2])), '+inf')
