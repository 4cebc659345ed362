import type { ReceiversApi } from './fan-out-engine.js';

/** Counts what the receivers of a process get. */
export class ReceiverCounts implements ReceiversApi {
  private readonly counts: number[] = [];
  private wanted = Infinity;
  private missing = 0;
  private complete: () => void = () => {};

  /** Adds a receiver; the function counts a message of it. */
  add(): () => void {
    const index = this.counts.push(0) - 1;
    return () => {
      const count = (this.counts[index] ?? 0) + 1;
      this.counts[index] = count;
      if (count === this.wanted) this.oneIsComplete();
    };
  }

  async haveGot(messages: number): Promise<void> {
    this.wanted = messages;
    this.missing = this.counts.filter((count) => count < messages).length;
    if (this.missing > 0) await new Promise<void>((resolve) => (this.complete = resolve));
  }

  private oneIsComplete(): void {
    this.missing -= 1;
    if (this.missing === 0) this.complete();
  }
}
