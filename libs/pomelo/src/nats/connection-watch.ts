import { PermissionViolationError, type NatsConnection } from '@nats-io/transport-node';

/** Knows when a connection to NATS has ended, and what NATS complained about. */
export class ConnectionWatch {
  /** Fulfils when nothing can be sent over the connection any more. */
  readonly ended: Promise<void>;
  private readonly listeners = new Set<(error: Error) => void>();
  private readonly flushes = new Set<(error: Error) => void>();

  constructor(
    readonly connection: NatsConnection,
    /** Told what goes wrong while nobody asks for it. */
    private readonly trouble: (error: Error) => void,
  ) {
    this.ended = this.follow();
    void this.ended.then(() => this.endFlushes());
  }

  /** Waits until NATS has taken everything so far. Rejects when the connection ends: nats.js never tells that of a closed one. */
  flushed(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.flushes.add(reject);
      const forget = (): boolean => this.flushes.delete(reject);
      this.connection.flush().then(resolve, reject).finally(forget);
    });
  }

  /** Waits until NATS has seen everything so far. Rejects with what it forbade of that, or when the connection ended. */
  async settled(): Promise<void> {
    let violation: Error | undefined;
    const listen = (error: Error): void => {
      if (error instanceof PermissionViolationError) violation ??= error;
    };
    this.listeners.add(listen);
    try {
      await this.flushed();
      // Complaints come through an iterator, a little later than the answer that is behind them.
      await new Promise(setImmediate);
    } finally {
      this.listeners.delete(listen);
    }
    if (violation !== undefined) throw violation;
  }

  private async follow(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'error') this.complain(status.error);
      // nats.js would first write what it still has, to somebody who does not read.
      if (status.type === 'staleConnection') await this.connection.close();
      if (status.type === 'disconnect' || status.type === 'close') return;
    }
  }

  private endFlushes(): void {
    for (const reject of this.flushes) reject(new Error('The connection to NATS has ended'));
    this.flushes.clear();
  }

  private complain(error: Error): void {
    for (const listen of this.listeners) listen(error);
    if (this.listeners.size === 0) this.trouble(error);
  }
}
