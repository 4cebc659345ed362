import type { MessageKind } from '../connector.interface.js';

/** A message that is to be sent, at once or when its bytes are known. */
export interface OutgoingMessage {
  readonly bytes: Buffer | Promise<Buffer | undefined>;
  readonly kind: MessageKind;
}

/** Messages that wait for one that is still being encoded, in order. */
export class Outbox {
  private readonly waiting: OutgoingMessage[] = [];

  /** What settles them never rejects. */
  constructor(
    private readonly send: (bytes: Buffer, kind: MessageKind) => void,
    private readonly emptied: () => void,
  ) {}

  get length(): number {
    return this.waiting.length;
  }

  put(message: OutgoingMessage): void {
    this.waiting.push(message);
    if (this.waiting.length === 1) void this.drain();
  }

  private async drain(): Promise<void> {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      const bytes = await next.bytes;
      this.waiting.shift();
      if (bytes !== undefined) this.send(bytes, next.kind);
    }
    this.emptied();
  }
}
