-- Adds entries to a stream, all or none.
-- KEYS: the stream, the hash that describes it.
-- ARGV: a random name for a new generation, how many messages and how many bytes
-- may wait, the age in ms after which what nobody released is forgotten, then the
-- number of messages and the payload of each entry.
-- Answers OK and how many messages and bytes are not released, or QUOTA and how
-- many still fit.
local log, meta = KEYS[1], KEYS[2]
local fmt = function(n) return string.format('%.0f', n) end
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or 'unknown'
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local age = tonumber(ARGV[4]) * 1000

local m = redis.call('HMGET', meta, 'gen', 'run', 'last', 'read', 'bytes', 'freed', 'mark', 'marked', 'markbytes')
local gen, last, read, bytes, freed = m[1], tonumber(m[3]), tonumber(m[4]), tonumber(m[5]), tonumber(m[6])
local mark, marked, markbytes = tonumber(m[7]), tonumber(m[8]), tonumber(m[9])
local fresh, set = not gen, {}
if fresh then
  last, read, bytes, freed = now, now, 0, 0
  gen = ARGV[1] .. '.' .. fmt(last)
  mark, marked, markbytes = now, last, 0
  set = {'gen', gen, 'run', run, 'read', fmt(read), 'freed', '0', 'mark', fmt(mark), 'marked', fmt(marked), 'markbytes', '0'}
elseif not m[2] then
  set = {'run', run}
elseif m[2] ~= run then
  -- Another server, or the same one started anew: what it has may be an earlier
  -- state than the one that readers saw.
  gen = ARGV[1] .. '.' .. fmt(last)
  set = {'gen', gen, 'run', run}
end
local aged = age > 0 and now - mark >= age
if aged then
  if marked > read then
    read, freed = marked, math.max(freed, markbytes)
    table.insert(set, 'read'); table.insert(set, fmt(read))
    table.insert(set, 'freed'); table.insert(set, fmt(freed))
  end
  for _, v in ipairs({'mark', fmt(now), 'marked', fmt(last), 'markbytes', fmt(bytes)}) do table.insert(set, v) end
end

local count, size = 0, 0
for i = 5, #ARGV, 2 do
  count, size = count + tonumber(ARGV[i]), size + #ARGV[i + 1]
end
local room, space = tonumber(ARGV[2]) - (last - read), tonumber(ARGV[3]) - (bytes - freed)
if count > room or size > space then
  if aged then
    redis.call('HSET', meta, unpack(set))
    redis.call('XTRIM', log, 'MINID', '~', fmt(read + 1))
  end
  return {'QUOTA', room, space}
end

local n, b = last, bytes
-- The first write: it is the one that a full server refuses.
redis.call('HSET', meta, 'last', fmt(last + count), 'bytes', fmt(bytes + size), unpack(set))
if fresh then redis.call('UNLINK', log) end
for i = 5, #ARGV, 2 do
  n, b = n + tonumber(ARGV[i]), b + #ARGV[i + 1]
  redis.call('XADD', log, fmt(n) .. '-' .. fmt(b), gen, ARGV[i + 1])
end
if aged then redis.call('XTRIM', log, 'MINID', '~', fmt(read + 1)) end
if age > 0 and (fresh or aged or not m[2]) then
  -- A stream that nobody uses any more goes in the end.
  local keep = fmt(age / 1000 * 48)
  redis.call('PEXPIRE', meta, keep)
  redis.call('PEXPIRE', log, keep)
end
return {'OK', n - read, b - freed}
