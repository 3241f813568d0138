-- Keeps a snapshot unless Redis has a newer one already.
--
-- KEYS[1]  the snapshot's key
-- ARGV[1]  the snapshot: a format byte, the version as eight bytes, the most significant first, then the rest
-- ARGV[2]  how long it is kept, in milliseconds
--
-- The version is compared as two halves, because a Lua number holds 53 bits only. An equal version is written: it is
-- the same account, read from the ledger later. What is not of this format is written over, or a value that nobody
-- can read would bar the key. A key that holds something else than text is an error, and stays as it is.
local stored = redis.call('GET', KEYS[1])
if stored and #stored >= 9 and stored:byte(1) == ARGV[1]:byte(1) then
  local stored_high, stored_low = struct.unpack('>I4I4', stored, 2)
  local new_high, new_low = struct.unpack('>I4I4', ARGV[1], 2)
  if stored_high > new_high or (stored_high == new_high and stored_low > new_low) then
    return 0
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
