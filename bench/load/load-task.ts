import type { Protocol } from './dialects/index.js';

/** The server that gets the load. */
export interface LoadTarget {
  readonly port: number;
  readonly protocol: Protocol;
  readonly isWebSocket: boolean;
}

/** What the clients do. */
export type LoadMode =
  /** Each connection keeps `depth` requests in flight. */
  | { readonly kind: 'closed'; readonly depth: number; readonly timed?: boolean }
  /** So many requests a second over all connections, whether or not they are answered; always timed. */
  | { readonly kind: 'open'; readonly perSecond: number }
  /** One connection keeps `window` broadcasts to all of them in flight. */
  | { readonly kind: 'broadcast'; readonly window: number }
  /** Each connection is made, asks once, and is closed, again and again. */
  | { readonly kind: 'cycle' }
  /** Nothing, once they are let in. */
  | { readonly kind: 'idle' };

/** A load. */
export interface LoadTask {
  readonly mode: LoadMode;
  readonly connections: number;
  /** Size of a body. */
  readonly bytes: number;
  /** Method of the handler that is asked. Default `echo`. */
  readonly method?: string;
}

/** What came back. */
export interface LoadResult {
  /** Answers, deliveries or cycles. */
  readonly operations: number;
  /** From the first to the last of them. */
  readonly seconds: number;
  /** Median time of one, in microseconds; NaN when it was not measured. */
  readonly p50Micros: number;
}

/** The process that makes the load. */
export interface LoadApi {
  /** Connects the clients; fulfils when all are let in. */
  open(target: LoadTarget, task: LoadTask): Promise<void>;
  /** Lets them work for so long, in ms, and waits until nothing is in flight. */
  run(ms: number): Promise<LoadResult>;
  /** Disconnects them. */
  close(): void;
}
