-- A person trusts a runbook again. ARGV: runbook, entry of the audit
local key = P .. 'tr:' .. ARGV[1]
if redis.call('HEXISTS', key, 'cap') == 0 then return 0 end
audit(ARGV[2])
return redis.call('DEL', key)
