-- Opens one execution outside of a webhook. ARGV: id, runbook, target, claims, record, fingerprint or '', entry of the audit
local claims = cjson.decode(ARGV[4])
local refusal = firstRefusal(claims, ARGV[1], false)
if refusal then
  noteFirst(refusal, ARGV[5])
  return cjson.encode(refusal)
end
create(ARGV[1], ARGV[2], ARGV[3], ARGV[6], ARGV[5], ARGV[7])
take(claims, ARGV[1])
return ''
