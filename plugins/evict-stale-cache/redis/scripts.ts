/** A script as servers take it that know flags (Redis 7), and as older ones do. */
export interface Script {
  readonly flagged: string;
  readonly plain: string;
}

/**
 * What is done inside of the server, where nothing can come between a look at a key and its eviction. Each answer begins
 * with a word and the server's clock in milliseconds.
 */
const JUDGE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function older(moment, unit, age)
  local at = tonumber(moment or '')
  -- what is no moment of this century, or lies ahead, says nothing of an age
  if not at or at * unit < 978307200000 or at * unit > now + 60000 then return -1 end
  return (now - at * unit >= age) and 1 or 0
end
-- 1: stale; 0: not, or not there; -1: nobody knows
local function judge(key, how)
  local by, ms = how[1], tonumber(how[2])
  if by == 'any' then return redis.call('EXISTS', key) end
  if by == 'idle' then
    local idle = redis.call('OBJECT', 'IDLETIME', key)
    return (idle and idle * 1000 >= ms) and 1 or 0
  end
  if by == 'ttl' then
    local left = redis.call('PTTL', key)
    if left == -2 then return 0 end
    if left == -1 or left > tonumber(how[3]) then return -1 end
    return (tonumber(how[3]) - left >= ms) and 1 or 0
  end
  if by == 'hash-field' then
    local type = redis.call('TYPE', key)['ok']
    if type == 'none' then return 0 end
    if type ~= 'hash' then return -1 end
    return older(redis.call('HGET', key, how[3]), tonumber(how[4]), ms)
  end
  if by == 'sorted-set' then
    if redis.call('EXISTS', key) == 0 then return 0 end
    return older(redis.call('ZSCORE', how[3], key), tonumber(how[4]), ms)
  end
  if redis.call('EXISTS', key) == 0 or redis.call('SISMEMBER', how[2], key) == 1 then return 0 end
  local missing = 0
  for i = 3, 5 do missing = missing + 1 - redis.call('SISMEMBER', how[i], key) end
  return (missing >= 2) and 1 or 0
end
-- a window without a sample says nothing of who was there
local function sampled(how)
  return how[1] ~= 'lru-k' or redis.call('EXISTS', how[3], how[4], how[5]) == 3
end
local function place(key)
  return tonumber(string.sub(redis.sha1hex(key), 1, 8), 16) % 10000 / 100
end
-- the next keys that begin so and are of this share, where to go on, and how many were gone over
local function pages(cursor, prefix, from, to)
  local found, looked = {}, 0
  from, to = tonumber(from), tonumber(to)
  repeat
    local page = redis.call('SCAN', cursor, 'MATCH', prefix .. '*', 'COUNT', 100)
    cursor, looked = page[1], looked + 100
    for _, key in ipairs(page[2]) do
      if string.sub(key, 1, #prefix) == prefix then
        local at = (from > 0 or to < 100) and place(key) or 0
        if at >= from and at < to then found[#found + 1] = key end
      end
    end
  until cursor == '0' or #found >= 100 or looked >= 500
  return found, cursor, looked
end
local function ends(key)
  local at = redis.pcall('PEXPIRETIME', key)
  if type(at) ~= 'table' then return at end
  local left = redis.call('PTTL', key)
  return left < 0 and left or now + left
end
`;

/**
 * Looks at some keys and changes nothing. KEYS: those to look at, or none for the next ones. ARGV: the criterion (5), where
 * to go on, beginning of keys, share from and to, how many stale ones are wanted by name.
 * Answers `OK`, now, where to go on, how many were gone over, how many have no known age, how many are stale and how many
 * bytes they take, and of those that are wanted name, end of life and type.
 */
export const LOOK = script(`${JUDGE}
if not sampled(ARGV) then return { 'NOSAMPLES', now } end
local keys, cursor, looked = KEYS, '0', #KEYS
if #KEYS == 0 then keys, cursor, looked = pages(ARGV[6], ARGV[7], ARGV[8], ARGV[9]) end
local unknown, stale, bytes, wanted, told = 0, 0, 0, tonumber(ARGV[10]), {}
for i, key in ipairs(keys) do
  local is = judge(key, ARGV)
  if is == -1 then unknown = unknown + 1 end
  if is == 1 then
    stale, bytes = stale + 1, bytes + (redis.call('MEMORY', 'USAGE', key) or 0)
    if stale <= wanted then
      local n = #told
      told[n + 1], told[n + 2], told[n + 3] = key, tostring(ends(key)), redis.call('TYPE', key)['ok']
    end
  end
end
local answer = { 'OK', now, cursor, looked, unknown, stale, bytes }
for i = 1, #told do answer[7 + i] = told[i] end
return answer`);

/**
 * Evicts a batch and writes down how far that is, in one step; a batch that comes late or twice has no effect.
 * KEYS: counter of runs, note of this run, its copies, and the keys that were planned by name, none for the next ones.
 * ARGV: the criterion (5), key of the effect, epoch, runs that the plan saw, the batch's number, latest time, where to go on,
 * beginning of keys, share from and to, id of the server's run, limit in keys, limit in per cent, bytes of copies (-1: none
 * are kept), how long to keep copies and notes in milliseconds, and for keys by name: where the next batch begins (0: this
 * is the last), and of each its end of life and type as planned.
 * Answers `OK`, now, where to go on, how many were gone over, evicted in all, left alone in all, `yes` when the limit was
 * reached.
 */
export const EVICT = script(
  `${JUDGE}
local how = { ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5] }
local by, epoch, seen, number, latest = ARGV[6], tonumber(ARGV[7]), ARGV[8], ARGV[9], tonumber(ARGV[10])
local head, note, copies = KEYS[1], KEYS[2], KEYS[3]
if now > latest then return { 'LATE', now } end
local last = redis.call('HMGET', note, 'by', 'state', 'epoch', 'batch')
if last[1] then
  if last[2] == 'back' then return { 'BACK', now } end
  -- what another attempt left unfinished is gone on with; what it finished is its own
  if last[1] ~= by and last[2] == 'done' then return { 'OTHER', now } end
  if last[1] == by and tonumber(last[3]) > epoch then return { 'OLD', now } end
  if last[2] == 'done' or last[4] ~= number then return { 'MOVED', now } end
elseif (redis.call('GET', head) or '0') ~= seen then return { 'OTHER', now }
elseif number ~= '0' then return { 'GONE', now } end
if not sampled(how) then return { 'NOSAMPLES', now } end
if not last[1] then
  local most = math.min(tonumber(ARGV[16]), math.ceil(redis.call('DBSIZE') * tonumber(ARGV[17]) / 100))
  redis.call('SET', head, seen + 1)
  redis.call('DEL', copies)
  redis.call('HSET', note, 'by', by, 'state', 'going', 'began', now, 'most', most, 'evicted', 0, 'left', 0, 'bytes', 0)
end
local sums = redis.call('HMGET', note, 'most', 'evicted', 'left', 'bytes')
local most, evicted, left, bytes = tonumber(sums[1]), tonumber(sums[2]), tonumber(sums[3]), tonumber(sums[4])
local room, limited, keys, cursor, looked = tonumber(ARGV[18]), false, {}, ARGV[21], #KEYS - 3
if room < 0 then keys, cursor, looked = pages(ARGV[11], ARGV[12], ARGV[13], ARGV[14]) end
for i = 4, #KEYS do keys[i - 3] = KEYS[i] end
for i, key in ipairs(keys) do
  -- before anything else: also looking at a field of it is a use
  local idle = room >= 0 and redis.pcall('OBJECT', 'IDLETIME', key)
  if judge(key, how) ~= 1 then left = left + 1
  elseif evicted >= most then limited = true break
  elseif room < 0 then evicted = evicted + redis.call('UNLINK', key)
  else
    local at = 22 + (i - 1) * 2
    local same = math.abs(ends(key) - ARGV[at]) <= 1 and redis.call('TYPE', key)['ok'] == ARGV[at + 1]
    local copy = same and redis.call('DUMP', key)
    if copy and bytes + #copy <= room then
      redis.call('HSET', copies, key, tostring(ends(key)) .. ' ' .. (type(idle) == 'number' and idle or 0) .. ' ' .. copy)
      bytes = bytes + #copy
      evicted = evicted + redis.call('UNLINK', key)
    else left = left + 1 end
  end
end
redis.call('HSET', note, 'by', by, 'epoch', epoch, 'batch', number + 1, 'cursor', cursor, 'run', ARGV[15], 'evicted', evicted, 'left', left, 'bytes', bytes)
if limited or cursor == '0' then redis.call('HSET', note, 'state', 'done', 'limited', limited and 'yes' or 'no') end
redis.call('PEXPIRE', copies, ARGV[19])
redis.call('PEXPIRE', note, ARGV[20])
redis.call('PEXPIRE', head, ARGV[20])
return { 'OK', now, cursor, looked, evicted, left, limited and 'yes' or 'no' }`,
  '#!lua flags=allow-oom\n',
);

/**
 * Puts copies back where nobody has written since, some at a time, and shuts the step out. KEYS: as above, no keys. ARGV:
 * runs that the plan saw, latest time, how many at once, how long to keep notes in milliseconds, whether copies were kept.
 * Answers `OK`, now, how many are left to do, restored, left alone because they are there again, over their time.
 */
export const RESTORE = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local head, note, copies = KEYS[1], KEYS[2], KEYS[3]
if now > tonumber(ARGV[2]) then return { 'LATE', now } end
local function shut()
  redis.call('HSET', note, 'state', 'back')
  redis.call('PEXPIRE', note, ARGV[4])
end
local was = redis.call('HMGET', note, 'by', 'state', 'evicted')
if not was[2] then
  -- never begun: whatever of it is still under way must not begin any more
  if (redis.call('GET', head) or '0') ~= ARGV[1] then return { 'OTHER', now } end
  if ARGV[5] == '1' then
    redis.call('SET', head, ARGV[1] + 1, 'PX', ARGV[4])
    redis.call('HSET', note, 'by', '-')
    shut()
  end
  return { 'OK', now, 0, 0, 0, 0 }
end
if was[2] ~= 'back' and tonumber(was[3]) > 0 and redis.call('EXISTS', copies) == 0 then
  return { ARGV[5] == '1' and 'GONE' or 'NOCOPIES', now, was[3] }
end
shut()
local keys = redis.call('HKEYS', copies)
local restored, there, over = 0, 0, 0
for i = 1, math.min(#keys, tonumber(ARGV[3])) do
  local key, kept = keys[i], redis.call('HGET', copies, keys[i])
  local ends, idle, dump = string.match(kept, '^(%-?%d+) (%d+) (.*)$')
  ends = tonumber(ends)
  if redis.call('EXISTS', key) == 1 then there = there + 1
  elseif ends > 0 and ends <= now then over = over + 1
  else
    redis.call('RESTORE', key, math.max(ends, 0), dump, 'ABSTTL', 'IDLETIME', idle)
    restored = restored + 1
  end
  redis.call('HDEL', copies, key)
end
return { 'OK', now, redis.call('HLEN', copies), restored, there, over }`);

/** Only what makes room may run although memory is full. */
function script(text: string, flags = ''): Script {
  return { flagged: flags + text, plain: text };
}
