import type { Redis } from 'ioredis';

/** Between two pings, in ms. */
const PING_MS = 1_000;
/** Pings in a row that may stay without any byte from Redis. */
const MOST_UNANSWERED = 2;

/**
 * Ends a connection over which nothing comes although Redis is asked: it hangs, or the network swallows everything. Looks
 * are counted, not time, so that a stall of this process is not held against Redis.
 */
export function watchSilence(redis: Redis): void {
  const { stream } = redis;
  let read = stream.bytesRead;
  let unanswered = 0;
  const ask = (): void => {
    redis.ping().catch(() => {
      // The end of the connection is noticed elsewhere.
    });
  };
  const timer = setInterval(() => {
    unanswered = stream.bytesRead === read ? unanswered + 1 : 0;
    read = stream.bytesRead;
    if (unanswered >= MOST_UNANSWERED) redis.disconnect();
    else ask();
  }, PING_MS).unref();
  ask();
  redis.once('close', () => clearInterval(timer));
}
