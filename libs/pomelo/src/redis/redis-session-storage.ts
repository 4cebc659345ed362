import type { Redis } from 'ioredis';
import type { SessionSettings } from '../sessions/session-home.interface.js';
import { withinTime } from '../timing/within-time.js';
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
    const text = await this.within(this.redis.get(this.prefix + uid));
    return text === null ? undefined : settingsOf(text);
  }

  async store(uid: string, settings: SessionSettings): Promise<void> {
    await this.within(this.redis.set(this.prefix + uid, JSON.stringify(settings), 'PX', this.ttlMs));
  }

  async delete(uid: string): Promise<void> {
    await this.within(this.redis.del(this.prefix + uid));
  }

  async heartbeat(uid: string): Promise<void> {
    await this.within(this.redis.pexpire(this.prefix + uid, this.ttlMs));
  }

  /** While Redis is away ioredis keeps commands for later: a client must not wait for that. */
  private async within<T>(work: Promise<T>): Promise<T> {
    const late = (): Error => new Error(`Redis did not answer within ${this.timeoutMs} ms`);
    return withinTime(work, this.timeoutMs, late);
  }
}

function settingsOf(text: string): SessionSettings {
  const settings: unknown = JSON.parse(text);
  if (typeof settings !== 'object' || settings === null) throw new Error('What is stored is no session');
  return settings as SessionSettings;
}
