import type { FrontendSession } from '../sessions/frontend-session.js';

/**
 * Lets every session finish the requests that it has in flight, and closes it then; nothing new is read of its client.
 * Resolves when all are closed, at the latest after `maxMs`: who is not ready then loses its answers.
 */
export async function drainSessions(sessions: readonly FrontendSession[], maxMs: number): Promise<void> {
  let busy = 0;
  let done: () => void = () => {};
  const ended = new Promise<void>((resolve) => (done = resolve));
  for (const session of sessions) {
    if (session.inFlight === 0) {
      session.close('stopping');
      continue;
    }
    busy += 1;
    session.client.pause?.();
    session.onIdle = () => {
      session.onIdle = undefined;
      session.close('stopping');
      busy -= 1;
      if (busy === 0) done();
    };
  }
  if (busy === 0) return;
  const timer = setTimeout(done, maxMs);
  await ended;
  clearTimeout(timer);
  for (const session of sessions) session.close('stopping');
}
