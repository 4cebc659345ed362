import type { ResumableSession } from '../connectors/resumption.interface.js';
import type { Expiring } from '../timing/deadline-list.js';

/** A session that its client may come back for, and the tokens that open it. */
export class KeptSession implements Expiring {
  deadline = 0;
  previous: Expiring | undefined = undefined;
  next: Expiring | undefined = undefined;
  /** The client has acknowledged it. */
  token: string | undefined = undefined;
  /** On its way to the client, or lost on it. */
  newest: string | undefined = undefined;
  /** What was kept for its client when that was last counted; 0 while it is not away. */
  countedBytes = 0;

  constructor(readonly session: ResumableSession) {}

  expire(): void {
    this.session.expire();
  }
}
