-- A person says whether a centre is in service. ARGV: centre, who says it, 'in' or 'out', entry of the audit
audit(ARGV[4])
if ARGV[3] == 'in' then keepOwners(ARGV[1], {}) else takeOut(ARGV[1], ARGV[2]) end
noteMove(ARGV[1], ARGV[3], ARGV[2])
