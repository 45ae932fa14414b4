-- A person looks after an execution. ARGV: id, who and until when as JSON, for how long in ms, entry of the audit
audit(ARGV[4])
redis.call('SET', P .. 'ob:tk:' .. ARGV[1], ARGV[2], 'PX', ARGV[3])
