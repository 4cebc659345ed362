import type { ConnectionWatch } from './connection-watch.js';

/**
 * Counts the bytes on their way to NATS: written, and not yet known to have arrived. nats.js takes whatever it is given,
 * so only an answer of the server tells that it keeps up.
 */
export class Outgoing {
  private written = 0;
  private arrived = 0;
  private isAsking = false;

  constructor(
    private readonly watch: ConnectionWatch,
    private readonly limit: number,
  ) {}

  /** Counts bytes; false when more than the limit are on their way. */
  add(bytes: number): boolean {
    this.written += bytes;
    if (!this.isAsking && this.onTheirWay > this.limit / 8) this.ask();
    return this.onTheirWay <= this.limit;
  }

  /** Fulfils when everything so far has arrived. Rejects when the connection ends. */
  async flush(): Promise<void> {
    const { written } = this;
    await this.watch.flushed();
    this.arrived = Math.max(this.arrived, written);
  }

  private get onTheirWay(): number {
    return this.written - this.arrived;
  }

  private ask(): void {
    this.isAsking = true;
    const answered = (): void => {
      this.isAsking = false;
    };
    this.flush().then(answered, answered);
  }
}
