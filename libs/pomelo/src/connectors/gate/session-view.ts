import { FrontendSession } from '../../sessions/frontend-session.js';
import type { Session } from '../../sessions/session.js';

/** The session as it is now: the view that a client was given when it came knows nothing of what was set since. */
export function viewOf(session: Session): Session {
  return session.home instanceof FrontendSession ? session.home.view() : session;
}

/** Why our own side ended the session; `undefined` when it did not. */
export function ownCloseReason({ home }: Session): string | undefined {
  return home instanceof FrontendSession ? home.closeReason : undefined;
}
