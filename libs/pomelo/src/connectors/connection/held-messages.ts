/** Messages of some kind that came before their time, in order: while a handshake is decided, or after reading has paused. */
export class HeldMessages<Kind = undefined> {
  private readonly messages: { readonly kind: Kind; readonly body: Buffer }[] = [];
  private next = 0;
  private heldBytes = 0;
  private isReleasing = false;

  constructor(
    /** Bytes of the head that each message came with. */
    private readonly headBytes = 0,
  ) {}

  /** Bytes of all messages that were ever held in here, with their heads. */
  get bytes(): number {
    return this.heldBytes;
  }

  get isEmpty(): boolean {
    return this.next === this.messages.length;
  }

  /** Keeps a copy. */
  hold(kind: Kind, body: Uint8Array): void {
    this.heldBytes += body.length + this.headBytes;
    this.messages.push({ kind, body: Buffer.from(body) });
  }

  /**
   * Gives the messages until `take` says false; the rest stays. A call from within `take` does nothing: the one that is under
   * way goes on by itself, whereas thousands of messages that each pause and resume would end the stack.
   */
  release(take: (kind: Kind, body: Buffer) => boolean): void {
    if (this.isReleasing) return;
    this.isReleasing = true;
    try {
      for (let held = this.messages[this.next]; held !== undefined; held = this.messages[this.next]) {
        this.next += 1;
        if (!take(held.kind, held.body)) return;
      }
    } finally {
      this.isReleasing = false;
    }
  }
}
