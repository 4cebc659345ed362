import type { MessageKind } from '../connectors/connector.interface.js';
import type { PushTerms } from './push-terms.js';

/** A push on terms, encoded for a client. */
export interface TermedPush {
  readonly message: Buffer;
  readonly kind: MessageKind;
  readonly route: string;
  /** What its sender gave as `options.scheduler`. */
  readonly hint: unknown;
  readonly terms: PushTerms;
}

/** What a push that waits costs besides its bytes, so that many small ones are bounded too. */
const COST_OF_ONE = 256;

/** The pushes that wait for one client, in the order in which they were sent. */
export class WaitingPushes {
  private readonly pushes = new Map<string | number, TermedPush>();
  private unnamed = 0;
  private cost = 0;

  /** Bytes, with those that keeping them costs. */
  get bytes(): number {
    return this.cost;
  }

  /** Adds a push at the end; true when it replaced one with its key. */
  add(push: TermedPush): boolean {
    const key = push.terms.key ?? (this.unnamed += 1);
    const isReplacing = this.remove(key);
    this.pushes.set(key, push);
    this.cost += push.message.length + COST_OF_ONE;
    return isReplacing;
  }

  /** Drops those whose time is over; gives their number. */
  dropExpired(now: number): number {
    const before = this.pushes.size;
    for (const [key, { terms }] of this.pushes) if (terms.deadline <= now) this.remove(key);
    return before - this.pushes.size;
  }

  /** Those that wait, in order. */
  messages(): Buffer[] {
    return Array.from(this.pushes.values(), ({ message }) => message);
  }

  private remove(key: string | number): boolean {
    const known = this.pushes.get(key);
    if (known === undefined) return false;
    this.cost -= known.message.length + COST_OF_ONE;
    return this.pushes.delete(key);
  }
}
