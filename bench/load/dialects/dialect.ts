import type { Framing } from '../framing/framing.js';

/** What a server's message is to the load. */
export const enum Kind {
  /** Counted when an answer is due. */
  Answer,
  /** Counted when a broadcast is under way. */
  Push,
  /** Heartbeats and the like. */
  Other,
}

/** What a client says while it is being let in. */
export interface Greeting {
  /** Messages, each in a frame of its own. */
  readonly replies?: readonly Buffer[];
  /** From now on it may send requests. */
  readonly isReady: boolean;
}

/** What a client of one protocol sends, and what it gets. */
export interface Dialect {
  readonly framing: Framing;
  readonly isWebSocket: boolean;
  /** Path of the WebSocket; asked once for each connection. */
  path(port: number): string | Promise<string>;
  /** First message of a client; `undefined` when the server speaks first, or nobody does. */
  readonly hello: Buffer | undefined;
  /** A client without a greeting is ready as soon as it is connected. */
  greet(message: Buffer): Greeting;
  request(id: number): Buffer;
  /** Asks the server to push to everybody. */
  readonly trigger: Buffer;
  kindOf(bytes: Buffer, start: number): Kind;
  /** Bytes that the first answer must hold. */
  readonly proof: Buffer;
}

/** What a dialect needs to know. */
export interface DialectSettings {
  readonly isWebSocket: boolean;
  /** Size of a body. */
  readonly bytes: number;
  /** Name of the handler's method. */
  readonly method: string;
  /** Its clients want the broadcasts. */
  readonly joins: boolean;
}
