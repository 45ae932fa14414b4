-- A person says whether a centre is in service. ARGV: centre, who took it out or '', entry of the audit
audit(ARGV[3])
if ARGV[2] == '' then keepOwners(ARGV[1], {}) else takeOut(ARGV[1], ARGV[2]) end
