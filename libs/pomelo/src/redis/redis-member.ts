import type { Redis } from 'ioredis';
import {
  PROBE,
  type Announcement,
  type FrameSink,
  type OwnPeer,
  type PeerId,
} from '../cluster/cluster-driver.interface.js';
import { describeError } from '../errors/describe-error.js';
import { withinTime } from '../timing/within-time.js';
import { RedisChannels } from './redis-channels.js';
import { RedisHello } from './redis-hello.js';
import { RedisLink } from './redis-link.js';
import type { RedisOutage } from './redis-outage.js';
import { RedisPublisher } from './redis-publisher.js';
import { RedisSubscriber, type ChannelReader } from './redis-subscriber.js';
import { isReply, refused } from './refused.js';
import type { ResolvedRedisOptions } from './resolve-redis-options.js';

/** For the goodbye to a Redis that may be gone, in ms. */
const GOODBYE_MS = 500;

/** A server on Redis: one connection to publish, and one to subscribe. It is up while both are. */
export class RedisMember {
  private readonly channels: RedisChannels;
  private readonly outgoing: RedisLink;
  private readonly incoming: RedisLink;
  private readonly publisher: RedisPublisher;
  private readonly subscriber: RedisSubscriber;
  private readonly hellos: RedisHello;
  private readonly waiting = new Set<() => void>();
  private isUp = false;
  private isOpen = false;
  private isClosed = false;
  /** How often the link came up or went down. */
  private changes = 0;

  constructor(
    private readonly options: ResolvedRedisOptions,
    private readonly outage: RedisOutage,
    private readonly self: OwnPeer,
    private readonly sink: FrameSink,
  ) {
    this.channels = new RedisChannels(self.namespace);
    this.outgoing = this.makeLink('out', async () => {});
    this.incoming = this.makeLink('in', (redis) => this.subscriber.subscribe(redis));
    this.publisher = new RedisPublisher(this.outgoing, self, options.pressureBytes);
    this.hellos = new RedisHello(this.channels, this.publisher);
    this.subscriber = new RedisSubscriber(this.alwaysReaders(), this.batchReaders());
  }

  /** Resolves when both connections are there. Rejects with `CLUSTER_REFUSED`, and when it is closed before. */
  async open(): Promise<void> {
    try {
      await Promise.all([this.outgoing.open(), this.incoming.open()]);
    } catch (error) {
      await this.close();
      throw error;
    }
    await this.whenUp();
    if (this.isClosed) throw new Error('The link to Redis was closed');
    this.isOpen = true;
  }

  /** Starts or stops to receive batches. Rejects with `CLUSTER_REFUSED`. */
  async listen(on: boolean): Promise<void> {
    if (this.isClosed) return;
    await this.subscriber.listen(on).catch((error: unknown) => this.refuse(error));
  }

  /** Sends a batch; false when Redis has too much to take. */
  send(to: string, batchNo: number, bytes: Uint8Array): boolean {
    this.publisher.publish(this.channels.inbox(to), bytes, (receivers) => {
      if (receivers === 0) this.notDelivered(to, batchNo);
    });
    return !this.publisher.isBehind;
  }

  /** Sends to all hosts of a type; false when Redis has too much to take. */
  multicast(type: string, bytes: Uint8Array): boolean {
    this.publisher.publish(this.channels.type(type), bytes);
    return !this.publisher.isBehind;
  }

  /** Asks whether anybody listens for a server. */
  probe(to: string): void {
    this.countListeners(to).then(
      (count) => {
        if (count === 0) this.notDelivered(to, PROBE);
      },
      () => {
        // No answer is no evidence.
      },
    );
  }

  /** Announces this server. */
  announce(bytes: Uint8Array): void {
    this.hellos.announced = Buffer.from(bytes);
    this.publisher.publish(this.channels.announcements, bytes);
  }

  /** Asks who is there, again after every loss of the link. Rejects with `CLUSTER_REFUSED`. */
  async hello(): Promise<readonly Announcement[]> {
    while (!this.isClosed) {
      await this.whenUp();
      const { changes } = this;
      try {
        const answers = await this.hellos.ask();
        if (changes === this.changes) return answers;
      } catch (error) {
        this.refuse(error);
        while (changes === this.changes && !this.isClosed) await this.changed();
      }
    }
    return [];
  }

  /** Resolves when Redis has taken everything so far. */
  flush(): Promise<void> {
    return this.publisher.flush();
  }

  /** Leaves; the sink hears nothing more. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.hellos.end();
    this.wake();
    await withinTime(this.subscriber.unsubscribe(), GOODBYE_MS, isLate).catch(() => {
      // It notices when the connection is gone.
    });
    this.outgoing.close();
    this.incoming.close();
  }

  private makeLink(part: string, prepare: (redis: Redis) => Promise<void>): RedisLink {
    const name = `pomelo:${this.self.namespace}:${this.self.id}:${part}`;
    const look = (): void => this.look();
    return new RedisLink(this.options, name, this.outage, { prepare, up: look, down: look });
  }

  private alwaysReaders(): ReadonlyMap<string, ChannelReader> {
    const { id, inc } = this.self;
    return new Map<string, ChannelReader>([
      [this.channels.announcements, this.ofOthers((from, bytes) => this.sink.announcement(from, bytes))],
      [this.channels.hello, this.ofOthers((from, bytes) => this.hellos.answer(from, bytes))],
      [this.channels.answers(id, inc), (from, bytes) => this.hellos.answered(from, bytes)],
    ]);
  }

  private batchReaders(): ReadonlyMap<string, ChannelReader> {
    const { id, types } = this.self;
    const take = this.ofOthers((from, bytes) => this.sink.batch(from, bytes));
    return new Map(
      [this.channels.inbox(id), ...types.map((type) => this.channels.type(type))].map((name) => [name, take]),
    );
  }

  /** Redis gives to everybody who has subscribed, also to who published. */
  private ofOthers(reader: ChannelReader): ChannelReader {
    const { id, inc } = this.self;
    return (from: PeerId, bytes) => {
      if (!this.isClosed && (from.id !== id || from.inc !== inc)) reader(from, bytes);
    };
  }

  private notDelivered(to: string, batchNo: number): void {
    if (!this.isClosed) this.sink.notDelivered(to, batchNo);
  }

  private async countListeners(id: string): Promise<number> {
    const reply = await this.outgoing.redis?.pubsub('NUMSUB', this.channels.inbox(id));
    return reply === undefined ? Number.NaN : Number(reply[1]);
  }

  private refuse(error: unknown): void {
    if (isReply(error)) throw refused(this.options.servers, describeError(error));
  }

  private look(): void {
    const isUp = this.outgoing.redis !== undefined && this.incoming.redis !== undefined;
    if (isUp === this.isUp || this.isClosed) return;
    this.isUp = isUp;
    this.changes += 1;
    this.wake();
    if (this.isOpen) this.sink.state(isUp ? 'up' : 'down');
  }

  private async whenUp(): Promise<void> {
    while (!this.isUp && !this.isClosed) await this.changed();
  }

  private changed(): Promise<void> {
    return new Promise((resolve) => this.waiting.add(resolve));
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

function isLate(): Error {
  return new Error('Redis is late');
}
