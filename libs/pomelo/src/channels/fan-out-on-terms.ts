import { deliverOnTerms } from '../push/deliver-on-terms.js';
import type { PushTerms } from '../push/push-terms.js';
import type { TermedPush } from '../push/waiting-pushes.js';
import type { FrontendSession } from '../sessions/frontend-session.js';
import { FanOut } from './fan-out.js';
import type { Push } from './push.js';

/** Sends one push on terms to many sessions. A class of its own, so that every other push is not asked for its terms. */
class FanOutOnTerms extends FanOut {
  private last: TermedPush | undefined = undefined;

  constructor(
    push: Push,
    private readonly terms: PushTerms,
  ) {
    super(push);
  }

  protected override hand(session: FrontendSession, message: Buffer): boolean {
    const { kind, route, hint } = this.push;
    if (this.last?.message !== message) this.last = { message, kind, route, hint, terms: this.terms };
    return deliverOnTerms(session, this.last);
  }
}

/** Makes what sends a push to sessions. */
export function fanOutOf(push: Push): FanOut {
  return push.terms === undefined ? new FanOut(push) : new FanOutOnTerms(push, push.terms);
}
