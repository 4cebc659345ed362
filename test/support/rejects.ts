import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RejectEvent, RejectLayer } from 'nestjs-pomelo';
import { closeAfterTest } from './pomelo-app.js';

const CHANNEL = 'nestjs-pomelo:reject';

/** Listens to refusals until the end of the test, to those of one layer or to all; the result gives those so far. */
export function rejectsDuring(layer?: RejectLayer): () => readonly RejectEvent[] {
  const events: RejectEvent[] = [];
  const listen = (event: unknown): void => {
    const reject = event as RejectEvent;
    if (layer === undefined || reject.layer === layer) events.push(reject);
  };
  subscribe(CHANNEL, listen);
  closeAfterTest({ close: async () => unsubscribe(CHANNEL, listen) });
  return () => events;
}
