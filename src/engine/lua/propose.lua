-- Notes once what was proposed for a storm. ARGV: key, proposal as JSON
if not raging(ARGV[1]) then return 0 end
return redis.call('HSETNX', P .. 'st:' .. ARGV[1], 'proposal', ARGV[2])
