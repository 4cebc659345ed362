import { eventually } from './eventually.js';
import type { LightClient } from './light-client.js';
import { NumberedPushes } from './numbered-pushes.js';

/** Clients that read every push of a broadcast, and miss none. */
export class BroadcastReaders {
  /** Pushes that were sent to them. */
  sent = 0;
  private readonly inboxes: readonly NumberedPushes[];

  constructor(clients: readonly LightClient[]) {
    this.inboxes = clients.map((client) => {
      const inbox = new NumberedPushes();
      client.onMessage = (push) => inbox.take(push);
      return inbox;
    });
  }

  /** Pushes that readers did not get in their order. */
  get lost(): number {
    return this.inboxes.reduce((sum, { inOrder }) => sum + this.sent - inOrder, 0);
  }

  /** Waits until all have got so many; false when the time, in ms, is over before. */
  haveRead(pushes: number, withinMs: number): Promise<boolean> {
    return eventually(() => this.inboxes.every(({ inOrder }) => inOrder >= pushes), withinMs);
  }
}
