import { join, joinFrames, joinInFrame, SharedJoin } from './shared-join.js';

/** Something with bytes to write at the end of this turn. */
export interface Flushable {
  flush(): void;
}

/** Connections that have something to write: all are flushed by one callback, at the end of the turn or of an interval. */
export class FlushQueue {
  /** The ways in which connections write packages together. */
  readonly joins = {
    stream: new SharedJoin(join),
    frames: new SharedJoin(joinFrames),
    oneFrame: new SharedJoin(joinInFrame),
  } as const;
  private dirty: Flushable[] = [];
  private readonly run = (): void => {
    const { dirty } = this;
    this.dirty = [];
    for (const connection of dirty) connection.flush();
    const { stream, frames, oneFrame } = this.joins;
    stream.forget();
    frames.forget();
    oneFrame.forget();
  };

  /** With `intervalMs` what is sent waits that long, for more to leave with it. */
  constructor(private readonly intervalMs?: number) {}

  /** Adds a connection; it must not add itself again before it is flushed. */
  add(connection: Flushable): void {
    // Handlers that settle in microtasks of this turn still get into the same write.
    if (this.dirty.length === 0) this.schedule();
    this.dirty.push(connection);
  }

  private schedule(): void {
    if (this.intervalMs === undefined) process.nextTick(this.run);
    // Connections flush themselves when they close: nothing is lost with the timer.
    else setTimeout(this.run, this.intervalMs).unref();
  }
}
