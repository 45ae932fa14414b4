-- Opens one execution that no alert asked for. ARGV: id, runbook, target, claims, record.
local claims = cjson.decode(ARGV[4])
local refusal = firstRefusal(claims, ARGV[1])
if refusal then return cjson.encode(refusal) end
take(claims, ARGV[1])
create(ARGV[1], ARGV[2], ARGV[3], '', ARGV[5])
return ''
