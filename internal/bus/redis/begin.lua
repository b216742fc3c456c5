-- Tells where a reader begins. KEYS: the stream, the hash that describes it.
-- ARGV: a random name for a new generation, the age in ms after which what
-- nobody read is forgotten.
-- Answers the generation, the position up to which everything was released, the
-- last position, and the first entry behind the former, if there is one.
local log, meta = KEYS[1], KEYS[2]
local fmt = function(n) return string.format('%.0f', n) end
local m = redis.call('HMGET', meta, 'gen', 'read', 'last')
if not m[1] then
  local time = redis.call('TIME')
  local now = fmt(tonumber(time[1]) * 1000000 + tonumber(time[2]))
  local gen = ARGV[1] .. '.' .. now
  redis.call('HSET', meta, 'gen', gen, 'last', now, 'read', now, 'bytes', '0', 'freed', '0',
    'mark', now, 'marked', now, 'markbytes', '0')
  redis.call('UNLINK', log)
  if tonumber(ARGV[2]) > 0 then redis.call('PEXPIRE', meta, fmt(tonumber(ARGV[2]) * 48)) end
  return {gen, now, now}
end
local first = redis.call('XRANGE', log, fmt(tonumber(m[2]) + 1), '+', 'COUNT', 1)[1]
if not first then return {m[1], m[2], m[3]} end
return {m[1], m[2], m[3], first[1], first[2][2]}
