-- Tells whether a cursor continues. It changes nothing.
-- KEYS: the stream, the hash that describes it. ARGV: generation, position.
-- Answers OK and how many messages and bytes are not released, or why the cursor
-- does not continue.
local log, meta = KEYS[1], KEYS[2]
local m = redis.call('HMGET', meta, 'gen', 'last', 'read', 'bytes', 'freed')
local at, last = tonumber(ARGV[2]), tonumber(m[2])
if not m[1] then return {'gone'} end
if m[1] ~= ARGV[1] then return {'generation'} end
if at > last then return {'ahead'} end
if last > at and not redis.call('XRANGE', log, string.format('%.0f', at + 1), '+', 'COUNT', 1)[1] then return {'lost'} end
return {'OK', last - tonumber(m[3]), tonumber(m[4]) - tonumber(m[5])}
