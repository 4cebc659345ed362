import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RejectEvent } from 'nestjs-pomelo';
import { closeAfterTest } from './pomelo-app.js';

const CHANNEL = 'nestjs-pomelo:reject';

/** Listens to refusals until the end of the test; the result gives those so far. */
export function rejectsDuring(): () => readonly RejectEvent[] {
  const events: RejectEvent[] = [];
  const listen = (event: unknown): void => void events.push(event as RejectEvent);
  subscribe(CHANNEL, listen);
  closeAfterTest({ close: async () => unsubscribe(CHANNEL, listen) });
  return () => events;
}
