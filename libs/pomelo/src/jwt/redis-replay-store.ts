import { inTime } from '../redis/in-time.js';
import type { ReplayStore } from './replay-store.interface.js';

/** What {@link RedisReplayStore} needs of a connection to Redis; `ioredis` has it. */
export interface RedisSetCommand {
  set(key: string, value: string, px: 'PX', ms: number, nx: 'NX'): Promise<'OK' | null>;
}

/** Options of {@link RedisReplayStore}. */
export interface RedisReplayOptions {
  /** In front of the id of a token. Default `pomelo:token:`. */
  readonly prefix?: string;
  /** Milliseconds after which Redis is given up, and the token refused with 503. Default 2000. */
  readonly timeoutMs?: number;
}

/**
 * Remembers used tokens in Redis, for all servers that use it. The connection is the application's: it makes it and ends
 * it.
 *
 * @example singleUse: new RedisReplayStore(new Redis('redis://127.0.0.1:6379'))
 */
export class RedisReplayStore implements ReplayStore {
  private readonly prefix: string;
  private readonly timeoutMs: number;

  constructor(
    private readonly redis: RedisSetCommand,
    { prefix = 'pomelo:token:', timeoutMs = 2_000 }: RedisReplayOptions = {},
  ) {
    this.prefix = prefix;
    this.timeoutMs = timeoutMs;
  }

  async use(id: string, ttlMs: number): Promise<boolean> {
    const noted = this.redis.set(this.prefix + id, '1', 'PX', Math.ceil(ttlMs), 'NX');
    return (await inTime(noted, this.timeoutMs)) === 'OK';
  }
}
