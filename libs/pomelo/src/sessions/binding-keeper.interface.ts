import type { FrontendSession } from './frontend-session.js';

/** Knows where the users of the whole cluster are. */
export interface BindingKeeper {
  /** Makes a binding known; rejects with `UID_TAKEN`, or `BINDING_FAILED` when nobody can be asked. */
  bound(session: FrontendSession, uid: string): Promise<void>;
  /** A session has no uid any more, or is gone. */
  released(session: FrontendSession, uid: string): void;
}
