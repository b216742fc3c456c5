-- Notes that everything up to a cursor may be forgotten.
-- KEYS: the stream, the hash that describes it. ARGV: generation, position.
-- Answers OK and how many messages and bytes are not released, or why the stream
-- does not have the cursor.
local log, meta = KEYS[1], KEYS[2]
local fmt = function(n) return string.format('%.0f', n) end
local m = redis.call('HMGET', meta, 'gen', 'last', 'read', 'bytes', 'freed')
local at, last, read, bytes, freed = tonumber(ARGV[2]), tonumber(m[2]), tonumber(m[3]), tonumber(m[4]), tonumber(m[5])
if not m[1] then return {'gone'} end
if m[1] ~= ARGV[1] then return {'generation'} end
if at > last then return {'ahead'} end
if at > read then
  local next = redis.call('XRANGE', log, fmt(at + 1), '+', 'COUNT', 1)[1]
  read, freed = at, bytes
  if next then freed = tonumber(string.match(next[1], '-(%d+)$')) - #next[2][2] end
  -- Trimming comes first: it is allowed on a server that is full, and what
  -- follows an allowed write is allowed too.
  redis.call('XTRIM', log, 'MINID', '~', fmt(at + 1))
  redis.call('HSET', meta, 'read', fmt(read), 'freed', fmt(freed))
end
return {'OK', last - read, bytes - freed}
