import type { Redis } from 'ioredis';
import { randomBytes } from 'node:crypto';
import type {
  ChannelHistoryStore,
  KeptHistory,
} from '../channels/history/channel-history-store.interface.js';
import type { HistoryPosition } from '../channels/history/history.interface.js';
import type { HistoryBounds } from '../channels/history/history-options.js';
import { inTime } from './in-time.js';
import { APPEND, READ } from './history-scripts.js';

/** Options of {@link RedisChannelHistory}. */
export interface RedisHistoryOptions {
  /** In front of the name of the channel. Default `pomelo:history:`. */
  readonly prefix?: string;
  /** Milliseconds after the last message for which a channel keeps its offsets. Default 86400000, a day; never less than messages are kept. */
  readonly forgetMs?: number;
  /** Milliseconds after which an operation is given up, also while Redis is away. Default 2000. */
  readonly timeoutMs?: number;
}

/**
 * Keeps the history of cluster-wide channels in Redis, two keys a channel. The connection is the application's: it makes it
 * and ends it.
 *
 * @example new RedisChannelHistory(new Redis('redis://127.0.0.1:6379'))
 */
export class RedisChannelHistory implements ChannelHistoryStore {
  private readonly prefix: string;
  private readonly forgetMs: number;
  private readonly timeoutMs: number;

  constructor(
    private readonly redis: Redis,
    { prefix = 'pomelo:history:', forgetMs = 86_400_000, timeoutMs = 2_000 }: RedisHistoryOptions = {},
  ) {
    this.prefix = prefix;
    this.forgetMs = forgetMs;
    this.timeoutMs = timeoutMs;
  }

  async append(
    channel: string,
    message: Uint8Array,
    { size, ageMs, bytes }: HistoryBounds,
  ): Promise<HistoryPosition> {
    const epoch = randomBytes(9).toString('base64url');
    const ttlMs = Math.max(this.forgetMs, ageMs);
    const args = [Buffer.from(message), size, ageMs, bytes, epoch, ttlMs];
    const reply = await this.run(APPEND, channel, args);
    return positionOf(reply);
  }

  async read(channel: string, after: number): Promise<KeptHistory | undefined> {
    const reply = await this.run(READ, channel, [after]);
    if (reply === null) return undefined;
    const [, , first, messages] = reply as [Buffer, number, number, Buffer[]];
    return { ...positionOf(reply), first, messages };
  }

  async remove(channel: string): Promise<void> {
    await inTime(this.redis.callBuffer('DEL', ...this.keysOf(channel)), this.timeoutMs);
  }

  /** As text and not by its hash: what is sent first must arrive first, also where Redis has not seen the script. */
  private run(
    script: string,
    channel: string,
    args: readonly (Buffer | string | number)[],
  ): Promise<unknown> {
    return inTime(this.redis.callBuffer('EVAL', script, 2, ...this.keysOf(channel), ...args), this.timeoutMs);
  }

  /** With braces both keys are in one slot of a cluster of Redis. */
  private keysOf(channel: string): [ends: string, messages: string] {
    const name = `${this.prefix}{${channel}}`;
    return [`${name}:ends`, `${name}:messages`];
  }
}

function positionOf(reply: unknown): HistoryPosition {
  const [epoch, offset] = reply as [Buffer, number];
  return { epoch: epoch.toString(), offset };
}
