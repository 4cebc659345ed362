/**
 * The scripts of {@link RedisChannelHistory}. The first key is a hash of epoch, offset and bytes, the second one a list of
 * messages, each with the time in front until which it is kept.
 */
const COMMON = `
local ends, list = KEYS[1], KEYS[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function trim(size, bytes)
  local length = redis.call('LLEN', list)
  local total = tonumber(redis.call('HGET', ends, 'bytes') or '0')
  while length > 0 do
    local oldest = redis.call('LINDEX', list, 0)
    local colon = string.find(oldest, ':', 1, true)
    local till = tonumber(string.sub(oldest, 1, colon - 1))
    if till > now and length <= size and total <= bytes then break end
    redis.call('LPOP', list)
    total = total - (#oldest - colon)
    length = length - 1
  end
  redis.call('HSET', ends, 'bytes', total)
  return length
end
`;

/** Arguments: message, size, age in ms, bytes, epoch of a new channel, time to live in ms. Gives epoch and offset. */
export const APPEND = `${COMMON}
local message, age, ttl = ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[6])
if redis.call('HSETNX', ends, 'epoch', ARGV[5]) == 1 then redis.call('DEL', list) end
if redis.call('EXISTS', list) == 0 then redis.call('HSET', ends, 'bytes', 0) end
local offset = redis.call('HINCRBY', ends, 'offset', 1)
redis.call('RPUSH', list, string.format('%.0f', now + age) .. ':' .. message)
redis.call('HINCRBY', ends, 'bytes', #message)
trim(tonumber(ARGV[2]), tonumber(ARGV[4]))
redis.call('PEXPIRE', list, math.max(age, redis.call('PTTL', list)))
redis.call('PEXPIRE', ends, math.max(ttl, redis.call('PTTL', ends)))
return { redis.call('HGET', ends, 'epoch'), offset }`;

/** Argument: the offset after which to read. Gives epoch, offset, the first offset that is kept, and the messages; or nothing. */
export const READ = `${COMMON}
local epoch = redis.call('HGET', ends, 'epoch')
if not epoch then return nil end
local offset = tonumber(redis.call('HGET', ends, 'offset'))
local length = trim(math.huge, math.huge)
local wanted = math.min(length, math.max(0, offset - tonumber(ARGV[1])))
local messages = {}
if wanted > 0 then messages = redis.call('LRANGE', list, -wanted, -1) end
for index, entry in ipairs(messages) do
  messages[index] = string.sub(entry, string.find(entry, ':', 1, true) + 1)
end
return { epoch, offset, offset - length + 1, messages }`;
