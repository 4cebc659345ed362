import type { FrontendSession } from '../sessions/frontend-session.js';
import { termsOf, type PushCallOptions } from './push-terms.js';
import type { TermedPush } from './waiting-pushes.js';

/** Hands a push on terms to the scheduler; false when it is not sent, as its terms say, or known not to arrive. */
export function deliverOnTerms(session: FrontendSession, push: TermedPush): boolean {
  const fate = session.connector.scheduler.offer(session.client, push);
  return fate === 'lost' ? session.dropPush() : fate === 'taken';
}

/** Hands the encoded push of a session to the scheduler, as its options say; false as {@link deliverOnTerms}. */
export function deliverWith(
  session: FrontendSession,
  message: Buffer,
  route: string,
  options: PushCallOptions,
): boolean {
  const { scheduler: hint } = options;
  const terms = termsOf(route, options);
  if (terms === undefined) return session.deliver(message, 'push', route, hint);
  return deliverOnTerms(session, { message, kind: 'push', route, hint, terms });
}
