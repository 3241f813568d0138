-- Keeps snapshots, each unless Redis has a newer one already.
--
-- KEYS     the snapshots' keys
-- ARGV     as many snapshots: a format byte, the version as eight bytes, the most significant first, then the rest;
--          and at the end how long they are kept, in milliseconds
--
-- The version is compared as two halves, because a Lua number holds 53 bits only. An equal version is written: it is
-- the same account, read from the ledger later. What is not of this format, or not even text, is written over, or a
-- value that nobody can read would bar the key.
local lifetime = ARGV[#ARGV]
local stored = redis.call('MGET', unpack(KEYS))
for i = 1, #KEYS do
  local old, new = stored[i], ARGV[i]
  local is_newer = true
  if old and #old >= 9 and old:byte(1) == new:byte(1) then
    local old_high, old_low = struct.unpack('>I4I4', old, 2)
    local new_high, new_low = struct.unpack('>I4I4', new, 2)
    is_newer = new_high > old_high or (new_high == old_high and new_low >= old_low)
  end
  if is_newer then
    redis.call('SET', KEYS[i], new, 'PX', lifetime)
  end
end
return 1
