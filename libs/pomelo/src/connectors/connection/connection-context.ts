import type { ClientManager } from '../connector.interface.js';
import type { FlowContext } from './flow-control.js';
import { FlushQueue } from './flush-queue.js';

/** A connection as its connector knows it. */
export interface SweptConnection {
  /** Looks at the deadlines. */
  sweep(now: number): void;
  close(reason?: string): void;
}

/** What all connections of one connector share. */
export interface ConnectionContext extends FlowContext {
  readonly manager: ClientManager;
  readonly clients: Set<SweptConnection>;
  /** Silence after which a client is closed, in ms; infinite is never. */
  readonly silenceMs: number;
  /** Monotonic time in ms, as of the last sweep: precise enough for deadlines, free to read. */
  now: number;
}

/** Makes it. */
export function connectionContext(
  manager: ClientManager,
  silenceMs: number,
  flushQueue = new FlushQueue(),
): ConnectionContext {
  return {
    manager,
    limits: manager.limits,
    flushQueue,
    clients: new Set(),
    silenceMs,
    now: performance.now(),
  };
}
