import type { Endpoint } from './endpoint.js';
import type { Framing } from './framing.js';

/** Bytes to and from one server. The core of the client knows nothing else about sockets. */
export interface Transport {
  /** `streamFraming` (TCP) or `messageFraming` (WebSocket). */
  readonly framing: Framing;
  /** Queues bytes for sending; never throws, and drops them once the transport has ended. */
  send(bytes: Uint8Array): void;
  /** Sends what is queued, then closes; ends by force where the peer does not answer. `onEnd` follows. */
  close(): void;
}

/** What a transport reports, in this order: `onOpen` at most once, then bytes, then `onEnd` exactly once. */
export interface TransportSink {
  /** The transport is connected. */
  onOpen(transport: Transport): void;
  /** Bytes came; they belong to the sink. */
  onBytes(bytes: Uint8Array): void;
  /** The transport could not be opened or is closed; `cause` is its error, if any. */
  onEnd(cause?: unknown): void;
}

/**
 * Begins to connect. `signal` is aborted when the attempt is given up before `onOpen`; the factory then closes what it
 * has and calls `onEnd`.
 */
export type TransportFactory = (endpoint: Endpoint, sink: TransportSink, signal: AbortSignal) => void;

/** How long a peer may take, in milliseconds, until a closing transport is ended by force. */
export const CLOSE_GRACE_MS = 1_000;
