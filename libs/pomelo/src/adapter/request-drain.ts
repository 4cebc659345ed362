import { setTimeout as delay } from 'node:timers/promises';
import type { FrontendSession } from '../sessions/frontend-session.js';

/**
 * Lets every session finish the requests that it has in flight, and closes it then; nothing new is read of its client.
 * Resolves when all are closed, at the latest after `maxMs`: who is not ready then loses its answers.
 */
export async function drainSessions(sessions: readonly FrontendSession[], maxMs: number): Promise<void> {
  const busy = sessions.filter((session) => session.inFlight > 0);
  for (const session of sessions) if (session.inFlight === 0) session.close('stopping');
  const ended = Promise.all(busy.map((session) => idle(session)));
  const patience = new AbortController();
  const late = delay(maxMs, undefined, { signal: patience.signal }).catch(() => {});
  await Promise.race([ended, late]);
  patience.abort();
  for (const session of busy) session.close('stopping');
}

/** Resolves when a session has nothing in flight any more, or has ended. */
function idle(session: FrontendSession): Promise<void> {
  session.client.pause?.();
  return new Promise((resolve) => {
    session.onIdle = () => {
      session.onIdle = undefined;
      session.close('stopping');
      resolve();
    };
  });
}
