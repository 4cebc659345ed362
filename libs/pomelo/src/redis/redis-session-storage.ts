import type { Redis } from 'ioredis';
import type { SessionSettings } from '../sessions/session-home.interface.js';
import { inTime } from './in-time.js';
import type { SessionStorage } from '../sessions/storage/session-storage.interface.js';

/** Options of {@link RedisSessionStorage}. */
export interface RedisStorageOptions {
  /** In front of the uid. Default `pomelo:session:`. */
  readonly prefix?: string;
  /** Milliseconds after the last store or heartbeat for which a user is remembered. Default 86400000, a day. */
  readonly ttlMs?: number;
  /** Milliseconds after which an operation is given up, also while Redis is away. Default 2000. */
  readonly timeoutMs?: number;
}

/**
 * Keeps sessions in Redis, one key a user, as JSON. The connection is the application's: it makes it and ends it.
 *
 * @example new RedisSessionStorage(new Redis('redis://127.0.0.1:6379'))
 */
export class RedisSessionStorage implements SessionStorage {
  private readonly prefix: string;
  private readonly ttlMs: number;
  private readonly timeoutMs: number;

  constructor(
    private readonly redis: Redis,
    { prefix = 'pomelo:session:', ttlMs = 86_400_000, timeoutMs = 2_000 }: RedisStorageOptions = {},
  ) {
    this.prefix = prefix;
    this.ttlMs = ttlMs;
    this.timeoutMs = timeoutMs;
  }

  async query(uid: string): Promise<SessionSettings | undefined> {
    const text = await inTime(this.redis.get(this.prefix + uid), this.timeoutMs);
    return text === null ? undefined : settingsOf(text);
  }

  async store(uid: string, settings: SessionSettings): Promise<void> {
    await inTime(
      this.redis.set(this.prefix + uid, JSON.stringify(settings), 'PX', this.ttlMs),
      this.timeoutMs,
    );
  }

  async delete(uid: string): Promise<void> {
    await inTime(this.redis.del(this.prefix + uid), this.timeoutMs);
  }

  async heartbeat(uid: string): Promise<void> {
    await inTime(this.redis.pexpire(this.prefix + uid, this.ttlMs), this.timeoutMs);
  }
}

function settingsOf(text: string): SessionSettings {
  const settings: unknown = JSON.parse(text);
  if (typeof settings !== 'object' || settings === null) throw new Error('What is stored is no session');
  return settings as SessionSettings;
}
