import type { SessionSettings } from './session-home.interface.js';

/** A session as it travels between servers. Plain values. */
export interface SessionRecord {
  readonly id: string;
  readonly frontendId: string;
  readonly remoteAddress: string;
  readonly certificateName: string | undefined;
  readonly uid: string | undefined;
  readonly settings: SessionSettings;
}

/** What a session has now. */
export type SessionState = Pick<SessionRecord, 'uid' | 'settings'>;
