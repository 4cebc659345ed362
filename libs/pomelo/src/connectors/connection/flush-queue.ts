/** Something with bytes to write at the end of this turn. */
export interface Flushable {
  flush(): void;
}

/** Connections that have something to write: all are flushed by one callback at the end of the turn. */
export class FlushQueue {
  private dirty: Flushable[] = [];
  private readonly run = (): void => {
    const { dirty } = this;
    this.dirty = [];
    for (const connection of dirty) connection.flush();
  };

  /** Adds a connection; it must not add itself again before it is flushed. */
  add(connection: Flushable): void {
    // Handlers that settle in microtasks of this turn still get into the same write.
    if (this.dirty.length === 0) process.nextTick(this.run);
    this.dirty.push(connection);
  }
}
