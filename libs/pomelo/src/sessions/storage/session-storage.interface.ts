import type { SessionSettings } from '../session-home.interface.js';

/** Keeps the values of users' sessions where they outlive a connection and a process. Every method may reject. */
export interface SessionStorage {
  /** What is stored for a user; `undefined` when there is nothing. */
  query(uid: string): Promise<SessionSettings | undefined>;
  /** Stores all values of a user's session, in place of what was stored. */
  store(uid: string, settings: SessionSettings): Promise<void>;
  /** Forgets a user. */
  delete(uid: string): Promise<void>;
  /** The user is still connected: what is stored must not expire. */
  heartbeat(uid: string): Promise<void>;
}

/** What a session has when its user is bound: from what is stored and what the session has already. */
export type SettingsMerge =
  'liveWins' | 'storedWins' | ((stored: SessionSettings, live: SessionSettings) => SessionSettings);

/** How sessions are stored. */
export interface SessionStorageOptions {
  readonly storage: SessionStorage;
  /** Default `liveWins`: what the session has already stays. */
  readonly merge?: SettingsMerge;
  /** Milliseconds between the heartbeats of a bound session. Default 60000. */
  readonly heartbeatMs?: number;
}
