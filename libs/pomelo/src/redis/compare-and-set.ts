import type { Redis } from 'ioredis';
import { createHash } from 'node:crypto';

/** Milliseconds after the last write for which a user is remembered: a day. */
const TTL_MS = 86_400_000;

/** Gives what was there; writes only when that is what was expected. An absent key is the empty text. */
const SCRIPT = `
local held = redis.call('GET', KEYS[1]) or ''
if held == ARGV[1] then
  if ARGV[2] == '' then
    redis.call('DEL', KEYS[1])
  else
    redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  end
end
return held`;
const SCRIPT_HASH = createHash('sha1').update(SCRIPT).digest('hex');

/** Writes a text when the key still has the expected one, the empty one being no key. Gives the text that it had. */
export async function compareAndSet(
  redis: Redis,
  key: string,
  expected: string,
  text: string,
): Promise<string> {
  const held = await run(redis, [key, expected, text, TTL_MS]);
  if (typeof held !== 'string') throw new Error('Redis answered with something else than a text');
  return held;
}

async function run(redis: Redis, args: readonly (string | number)[]): Promise<unknown> {
  try {
    return await redis.evalsha(SCRIPT_HASH, 1, ...args);
  } catch (error) {
    // A Redis that does not know the script has not run it.
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return redis.eval(SCRIPT, 1, ...args);
  }
}
