-- A person ends a storm at once. ARGV: key, entry of the audit
if not raging(ARGV[1]) then return 0 end
audit(ARGV[2])
endStorm(ARGV[1])
return 1
