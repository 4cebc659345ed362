/** How much a {@link MessageLog} keeps. */
export interface MessageLogLimits {
  readonly messages: number;
  readonly bytes: number;
}

/**
 * What was sent last, by number, for a peer that comes back and says how many messages it has got. Messages count from 1,
 * over all connections of a session.
 */
export class MessageLog<Bytes extends Uint8Array = Uint8Array> {
  private kept: Bytes[] = [];
  private bytes = 0;
  private count = 0;

  constructor(private readonly limits: MessageLogLimits) {}

  /** Messages that were ever added. */
  get total(): number {
    return this.count;
  }

  /** Bytes of the messages that are kept. */
  get keptBytes(): number {
    return this.bytes;
  }

  /** Messages that are not kept any more. */
  get dropped(): number {
    return this.count - this.kept.length;
  }

  /** Adds the next message; the oldest are dropped for it when there are too many. */
  add(message: Bytes): void {
    this.count += 1;
    this.kept.push(message);
    this.bytes += message.length;
    while (this.kept.length > this.limits.messages || this.bytes > this.limits.bytes) this.drop();
  }

  /** Drops what the peer is known to have. */
  acknowledge(received: number): void {
    const known = Math.min(received, this.count) - this.dropped;
    if (known > 0) for (const message of this.kept.splice(0, known)) this.bytes -= message.length;
  }

  /** Everything after the first `received` messages is kept, and there have been as many. */
  covers(received: number): boolean {
    return received >= this.dropped && received <= this.count;
  }

  /** The messages after the first `received`; `undefined` when not all of them are kept. */
  after(received: number): readonly Bytes[] | undefined {
    return this.covers(received) ? this.kept.slice(received - this.dropped) : undefined;
  }

  private drop(): void {
    this.bytes -= this.kept.shift()?.length ?? 0;
  }
}
