import type { CloseReason, MessageKind } from './connector.interface.js';

/** Messages after which the other side is told that they have come, so that it need not keep them. */
export const TOLD_EVERY = 128;

/** A connection that brings the messages of a session which outlives it. */
export interface Carrier {
  /** Network address of the client, without the port. */
  readonly remoteAddress: string;
  /** Name in the certificate of the client that was verified. */
  readonly certificateName: string | undefined;
  /** For counters. */
  readonly transport: string;
  /** Bytes that were sent and that the client has not taken yet. */
  readonly outstandingBytes: number;
  /** So much waits for the client that volatile pushes are skipped. */
  readonly isBehind: boolean;
  /** Sends a message of the session; false when the connection is ending. */
  send(message: Buffer, kind?: MessageKind): boolean;
  /** Calls `listener` once, when the client is not behind any more. */
  onceCaughtUp(listener: () => void): void;
  /** Ends the connection; a reason is told to the client. */
  close(reason?: string): void;
  /** Ends it at once and without a word: another one has taken its place, or nothing can follow. */
  abandon(): void;
  /** Stops reading. */
  pause(): void;
  /** Reads on. */
  resume(): void;
}

/** A session as the connection sees it that carries it. */
export interface CarriedSession {
  /** The client has acknowledged the handshake: first it gets what it has missed. */
  attach(carrier: Carrier): void;
  /** Takes one message of the client, of the connection that was attached last. */
  receive(message: Buffer): void;
  /** The client has got so many messages. True when it is due to say so, after as many as {@link TOLD_EVERY}. */
  acknowledge(received: number): boolean;
  /** The client has said goodbye: it does not come back. */
  leave(): void;
  /** A connection is over, attached or not. */
  detach(carrier: Carrier, reason: CloseReason): void;
}

/** A handshake that is to be answered. */
export interface ResumeHandshake {
  /** `sys` of its request: what the client has stored of dictionary and schemas. */
  readonly sys: Readonly<Record<string, unknown>>;
  /** Of the connector that answers. */
  readonly heartbeatSeconds: number;
}

/** What a client says who wants its session back. */
export interface ResumeWish extends ResumeHandshake {
  readonly token: string;
  /** Messages that it has got. */
  readonly received: number;
}

/** A session that waits for its client when a connection is lost. */
export interface ResumableSession extends CarriedSession {
  /** Bytes of the messages that are kept for its client. */
  readonly keptBytes: number;
  /**
   * Lets another connection take over: whatever carried the session before is abandoned. Gives the answer to the
   * handshake, or `undefined` when the client has missed more than is kept, which ends the session.
   */
  reopen(wish: ResumeWish, carrier: Carrier): Buffer | undefined;
  /** Nobody has come back in time, or there are too many who may. */
  expire(): void;
}

/** The session of a client that is back, and the answer to its handshake. */
export interface Resumed {
  readonly session: CarriedSession;
  readonly reply: Buffer;
}

/** Keeps sessions whose connection was lost, until their client is back on any frontend. */
export interface Resumption {
  /** Numbers that bound what is kept for a session. */
  readonly limits: { readonly messages: number; readonly bytes: number };
  /** Seconds for which a session is kept. */
  readonly keepSeconds: number;
  /** A token for the next handshake of a session; the one before stays good until {@link Resumption.settle}. */
  issue(session: ResumableSession): string;
  /** The newest token has arrived: no other one is good any more. */
  settle(session: ResumableSession): void;
  /** The session has lost its connection. */
  away(session: ResumableSession): void;
  /** More is kept for a session that has no connection; it may end by that. */
  grown(session: ResumableSession): void;
  /** It is carried again. */
  back(session: ResumableSession): void;
  /** The session has ended. */
  forget(session: ResumableSession): void;
  /** Finds the session of a token, here or on another frontend. `undefined` when it cannot go on. Never rejects. */
  resume(wish: ResumeWish, carrier: Carrier): Promise<Resumed | undefined>;
}
