import { FrontendSession, transportOf } from './frontend-session.js';
import type { Session } from './session.js';

/** The transport of a session, for counters; `remote` when another server holds it. */
export function transportOfView({ home }: Session): string {
  return home instanceof FrontendSession ? transportOf(home) : 'remote';
}
