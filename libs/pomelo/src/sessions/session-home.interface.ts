import type { PushCallOptions } from '../push/push-terms.js';
import type { SessionState } from './session-record.js';
import type { Session } from './session.js';

/** Values of a session: never changed in place, replaced as a whole. */
export type SessionSettings = Readonly<Record<string, unknown>>;

/** Keys that a push writes; a key with the value `undefined` is removed. */
export type SessionChanges = Readonly<Record<string, unknown>>;

/** Decides whether a session counts as a guest. */
export type GuestJudge = (session: Session) => boolean;

/**
 * Where a session lives: the frontend that holds its connection. The view that handlers get talks to it through this
 * interface, so that the same code works on the frontend itself and on any other server.
 */
export interface SessionHome {
  readonly id: string;
  readonly frontendId: string;
  readonly remoteAddress: string;
  /** Name in the client's certificate that was verified. */
  readonly certificateName: string | undefined;
  /** The connection is open. */
  readonly isConnected: boolean;
  /** Binds a uid, and gives the values that the session has then; rejects with `BAD_UID`, `ALREADY_BOUND`, `UID_TAKEN`, `SESSION_CLOSED` or `STORAGE_FAILED`. */
  bind(uid: string): Promise<SessionSettings>;
  /** Removes the binding; rejects with `NOT_BOUND`, `SESSION_CLOSED` or `STORAGE_FAILED`. */
  unbind(uid: string): Promise<void>;
  /** Writes changed values; rejects with `SESSION_CLOSED` or `STORAGE_FAILED`. */
  push(changes: SessionChanges): Promise<void>;
  /** Sends a push message to the client; false when the session is closed, or the options say that it is not sent. */
  send(route: string, body: unknown, options?: PushCallOptions): boolean | Promise<boolean>;
  /** Ends the connection; a string is told to the client. */
  close(reason?: string): void | Promise<void>;
  /** What the session has now; `undefined` when it is closed. */
  load(): Promise<SessionState | undefined>;
  /** Who counts as a guest; `undefined` is who has no uid. */
  readonly isGuest: GuestJudge | undefined;
}
