import type { Redis } from 'ioredis';
import type { Binding, BindingChange, BindingStore } from '../cluster/cluster-driver.interface.js';
import { withinTime } from '../timing/within-time.js';
import { bindingsIn, bindingText, NO_BINDINGS } from './binding-text.js';
import { compareAndSet } from './compare-and-set.js';
import { RedisLink } from './redis-link.js';
import type { RedisOutage } from './redis-outage.js';
import type { ResolvedRedisOptions } from './resolve-redis-options.js';

/** Keys that Redis is asked for at once, so that it has time for others in between. */
const KEYS_AT_ONCE = 500;

/** Keeps bindings in Redis: a key for each user, changed by compare-and-set. */
export class RedisBindings implements BindingStore {
  private link: RedisLink | undefined;
  private prefix = '';

  constructor(
    private readonly options: ResolvedRedisOptions,
    private readonly outage: RedisOutage,
  ) {}

  async open(namespace: string): Promise<void> {
    this.prefix = `pf:${namespace}:b:`;
    // A key that no user has: Redis says at once when it does not let us.
    const prepare = async (redis: Redis): Promise<void> => {
      await compareAndSet(redis, this.prefix, 'never', NO_BINDINGS);
    };
    const name = `pomelo:${namespace}:bindings`;
    this.link = new RedisLink(this.options, name, this.outage, { prepare });
    await this.link.open();
  }

  update(uid: string, change: BindingChange): Promise<readonly Binding[]> {
    const giveUpAt = performance.now() + this.options.timeoutMs;
    return this.withRedis((redis) => this.replace(redis, this.prefix + uid, change, giveUpAt));
  }

  get(uid: string): Promise<readonly Binding[]> {
    return this.withRedis(async (redis) => bindingsIn(await redis.get(this.prefix + uid)));
  }

  getMany(uids: readonly string[]): Promise<readonly (readonly Binding[])[]> {
    return this.withRedis(async (redis) => {
      const questions: Promise<(string | null)[]>[] = [];
      for (let from = 0; from < uids.length; from += KEYS_AT_ONCE)
        questions.push(redis.mget(uids.slice(from, from + KEYS_AT_ONCE).map((uid) => this.prefix + uid)));
      return (await Promise.all(questions)).flat().map(bindingsIn);
    });
  }

  async close(): Promise<void> {
    this.link?.close();
  }

  private async replace(
    redis: Redis,
    key: string,
    change: BindingChange,
    giveUpAt: number,
  ): Promise<readonly Binding[]> {
    let known = (await redis.get(key)) ?? NO_BINDINGS;
    // Whoever has given up must not write any more.
    while (performance.now() < giveUpAt) {
      const held = bindingsIn(known);
      const wanted = change(held);
      if (wanted === undefined) return held;
      const found = await compareAndSet(redis, key, known, bindingText(wanted));
      if (found === known) return held;
      known = found;
    }
    throw this.late();
  }

  /** While Redis is away a client must not wait for it. */
  private async withRedis<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = this.link?.redis;
    if (redis === undefined) throw new Error(`Redis at ${this.options.servers} is away`);
    return withinTime(work(redis), this.options.timeoutMs, () => this.late());
  }

  private late(): Error {
    return new Error(`Redis at ${this.options.servers} did not answer within ${this.options.timeoutMs} ms`);
  }
}
