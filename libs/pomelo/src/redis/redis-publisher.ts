import { Logger } from '@nestjs/common';
import type { OwnPeer } from '../cluster/cluster-driver.interface.js';
import { describeError } from '../errors/describe-error.js';
import { senderPrefix } from './envelope.js';
import type { RedisLink } from './redis-link.js';
import { isReply } from './refused.js';

/** Publishes in the name of a server, and knows how much Redis has not taken yet. */
export class RedisPublisher {
  private readonly logger = new Logger('Pomelo');
  private readonly prefix: Buffer;
  private readonly complaints = new Set<string>();
  private unansweredBytes = 0;

  constructor(
    private readonly link: RedisLink,
    self: OwnPeer,
    private readonly pressureBytes: number,
  ) {
    this.prefix = senderPrefix(self);
  }

  /** Redis has about as much to take as it should. */
  get isBehind(): boolean {
    return this.unansweredBytes > this.pressureBytes;
  }

  /**
   * Publishes, in the order of the calls. `heard` is told how many heard it, 0 when Redis refused; it is not told
   * anything when the connection is lost before the answer.
   */
  publish(channel: string, bytes: Uint8Array, heard?: (receivers: number) => void): void {
    this.ask(channel, bytes).then(heard, (error: unknown) => {
      if (!isReply(error)) return;
      this.complain(describeError(error));
      heard?.(0);
    });
  }

  /** As {@link publish}, and rejects when Redis refused or the connection is lost. Gives how many heard it. */
  async ask(channel: string, bytes: Uint8Array): Promise<number> {
    const { redis } = this.link;
    if (redis === undefined) throw new Error('There is no connection to Redis');
    const message = Buffer.concat([this.prefix, bytes]);
    this.unansweredBytes += message.length;
    try {
      return await redis.publish(channel, message);
    } finally {
      this.unansweredBytes -= message.length;
    }
  }

  /** Resolves when Redis has taken everything so far, or the connection is lost. */
  async flush(): Promise<void> {
    await this.link.redis?.ping().catch(() => {
      // The state of the link is told elsewhere.
    });
  }

  /** Once for each kind of refusal: every batch would bring the same. */
  private complain(message: string): void {
    if (this.complaints.has(message) || this.complaints.size > 100) return;
    this.complaints.add(message);
    this.logger.error(`Redis refuses what this server publishes: ${message}`);
  }
}
