import type { Redis } from 'ioredis';
import type { PeerId } from '../cluster/cluster-driver.interface.js';
import { openEnvelope } from './envelope.js';

/** Takes the messages of one channel. The bytes are valid during the call. */
export type ChannelReader = (from: PeerId, bytes: Buffer) => void;

/** Keeps the channels of a server subscribed, on every new connection: some always, some while it listens. */
export class RedisSubscriber {
  private redis: Redis | undefined;
  private isListening = false;

  constructor(
    private readonly always: ReadonlyMap<string, ChannelReader>,
    private readonly listening: ReadonlyMap<string, ChannelReader>,
  ) {}

  /** Subscribes on a new connection. */
  async subscribe(redis: Redis): Promise<void> {
    redis.on('messageBuffer', (channel, message) => this.read(channel.toString(), message));
    await redis.subscribe(...this.always.keys());
    await this.align(redis);
  }

  /** Resolves when Redis has noticed. What it sent before is read by then. */
  async listen(on: boolean): Promise<void> {
    this.isListening = on;
    const { redis } = this;
    try {
      if (redis !== undefined) await this.align(redis);
    } catch (error) {
      // The next connection begins with what is wanted then.
      if (redis?.status === 'ready') throw error;
    }
  }

  /** Nobody counts this server any more. */
  async unsubscribe(): Promise<void> {
    if (this.redis?.status === 'ready') await this.redis.unsubscribe();
  }

  /** What is wanted can change while Redis is told. */
  private async align(redis: Redis): Promise<void> {
    const wanted = this.isListening;
    const channels = [...this.listening.keys()];
    await (wanted ? redis.subscribe(...channels) : redis.unsubscribe(...channels));
    if (wanted === this.isListening) this.redis = redis;
    else await this.align(redis);
  }

  private read(channel: string, message: Buffer): void {
    const envelope = openEnvelope(message);
    if (envelope === undefined) return;
    const reader = this.always.get(channel) ?? this.listening.get(channel);
    reader?.(envelope.from, envelope.bytes);
  }
}
