import type { ClientErrorCode, PomeloClientError } from './errors.js';

/** Where a client stands. */
export type ClientState = 'connecting' | 'open' | 'reconnecting' | 'closed';

/** What happens to a client, by name of the event. Pushes of one route are listened to with `client.on`. */
export interface ClientEvents {
  /** Every push, after the listeners of its route. */
  readonly push: { readonly route: string; readonly body: unknown };
  /** The server kicked this client; `close` or `reconnecting` follows. */
  readonly kick: KickEvent;
  /** Nothing came for two heartbeat intervals; `close` or `reconnecting` follows. */
  readonly heartbeatTimeout: PomeloClientError;
  /** The connection was lost and an attempt to re-establish it begins after a delay. */
  readonly reconnecting: ReconnectingEvent;
  /** The connection is open again; unless the session was recovered, nothing that was in flight is repeated. */
  readonly reconnected: ReconnectedEvent;
  /** The client is closed for good; emitted once. */
  readonly close: CloseEvent;
  /**
   * Something failed that nobody awaits: a listener threw, or the server broke the protocol. What a listener threw is
   * thrown again, as an uncaught exception, when nobody listens here.
   */
  readonly error: unknown;
}

/** Why a server sent a client away. */
export interface KickEvent {
  /** `reason` of the body; empty when there is none. */
  readonly reason: string;
  /** The whole body, parsed; undefined when it is empty or no JSON. */
  readonly body: unknown;
}

/** The wait before one attempt. */
export interface ReconnectingEvent {
  /** 1 for the first attempt since the connection was lost. */
  readonly attempt: number;
  /** Milliseconds until the attempt. */
  readonly delayMs: number;
  /** Why the connection was lost, or the attempt before failed. */
  readonly cause: PomeloClientError;
}

/** What a reconnect brought. */
export interface ReconnectedEvent {
  /** `user` of the new handshake reply. */
  readonly user: unknown;
  /** The server has kept the session: what either side has missed comes, and requests in flight get their answers. */
  readonly recovered: boolean;
}

/** Why a client is closed. */
export interface CloseEvent {
  /** The code of `error`; `CLOSED` after `close()`. */
  readonly reason: ClientErrorCode;
  /** True when the server kicked this client. */
  readonly kicked: boolean;
  readonly error: PomeloClientError;
}
