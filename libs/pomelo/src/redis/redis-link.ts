import { Redis, type RedisOptions } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from '../errors/describe-error.js';
import { withinTime } from '../timing/within-time.js';
import { watchSilence } from './watch-silence.js';
import type { RedisOutage } from './redis-outage.js';
import { refusalIn, refused } from './refused.js';
import type { ResolvedRedisOptions } from './resolve-redis-options.js';

/** Between two attempts to connect, in ms; up to twice that, so that not everybody comes back at once. */
const DIAL_MS = 100;
/** For the answers of a Redis that takes the connection, in ms. */
const ANSWER_MS = 4_000;

/** A command leaves once, now, or not at all; making new connections is the link's business. */
const AT_MOST_ONCE = {
  lazyConnect: true,
  retryStrategy: null,
  reconnectOnError: null,
  sentinelRetryStrategy: () => null,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  enableOfflineQueue: false,
  enableAutoPipelining: false,
  stringNumbers: false,
  replyMapping: 'legacy',
  disconnectTimeout: 100,
} as const satisfies RedisOptions;

/** What a link is for. */
export interface LinkUser {
  /** Readies a new connection. What it throws ends that connection; another one is made. */
  prepare(redis: Redis): Promise<void>;
  /** There is a connection, for the first time or again. */
  up?(): void;
  /** The connection is gone; another one is made. */
  down?(): void;
}

/** Keeps a connection to Redis until it is closed. Every loss begins a new one, so that nothing is left over from before. */
export class RedisLink {
  private readonly leaving = new AbortController();
  private made: Redis | undefined;
  private ready: Redis | undefined;

  constructor(
    private readonly options: ResolvedRedisOptions,
    private readonly name: string,
    private readonly outage: RedisOutage,
    private readonly user: LinkUser,
  ) {}

  /** The connection, while there is one that takes commands. */
  get redis(): Redis | undefined {
    return this.ready?.stream.writable === true ? this.ready : undefined;
  }

  /** Connects, however long that takes. Rejects with `CLUSTER_REFUSED`, and when it is closed before. */
  async open(): Promise<void> {
    await this.dial(true);
    if (this.isClosed) throw new Error('The link to Redis was closed');
  }

  /** Ends it. Commands that wait for an answer reject. */
  close(): void {
    this.leaving.abort();
    this.outage.end(this, false);
    this.ready = undefined;
    if (this.made?.status !== 'end') this.made?.disconnect();
  }

  private get isClosed(): boolean {
    return this.leaving.signal.aborted;
  }

  private async dial(isFirst: boolean): Promise<void> {
    const { signal } = this.leaving;
    while (!this.isClosed) {
      try {
        this.hold(await this.establish());
        return;
      } catch (error) {
        if (this.isClosed) return;
        const refusal = isFirst ? refusalIn(error) : undefined;
        if (refusal !== undefined) throw refused(this.options.servers, refusal);
        this.outage.begin(this, describeError(error));
      }
      await delay(DIAL_MS * (1 + Math.random()), undefined, { signal }).catch(() => {});
    }
  }

  private async establish(): Promise<Redis> {
    const redis = this.makeRedis();
    this.made = redis;
    let trouble: Error | undefined;
    redis.on('error', (error) => (trouble ??= error));
    try {
      const late = (): Error => new Error(`no answer within ${ANSWER_MS} ms`);
      await withinTime(this.prepare(redis), ANSWER_MS, late);
      if (trouble !== undefined) throw trouble;
      return redis;
    } catch (error) {
      if (redis.status !== 'end') redis.disconnect();
      // ioredis rejects with no more than that the connection is closed.
      throw trouble ?? error;
    }
  }

  private async prepare(redis: Redis): Promise<void> {
    await redis.connect();
    await this.user.prepare(redis);
  }

  private makeRedis(): Redis {
    const { url, options } = this.options;
    const own = { connectTimeout: ANSWER_MS, connectionName: this.name, ...options, ...AT_MOST_ONCE };
    return url === undefined ? new Redis(own) : new Redis(url, own);
  }

  private hold(redis: Redis): void {
    if (this.isClosed || redis.status !== 'ready') throw new Error('The connection was closed again');
    watchSilence(redis);
    redis.once('close', () => this.lose());
    this.ready = redis;
    this.outage.end(this, true);
    this.user.up?.();
  }

  private lose(): void {
    if (this.isClosed) return;
    this.ready = undefined;
    this.user.down?.();
    void this.dial(false);
  }
}
