import { setImmediate as nextTurn } from 'node:timers/promises';

/** Publishes some messages in each turn of the event loop, as servers do that work for many clients. */
export async function publishInTurns(messages: number, aTurn: number, publish: () => unknown): Promise<void> {
  for (let left = messages; left > 0; left -= aTurn) {
    await nextTurn();
    await Promise.all(Array.from({ length: Math.min(aTurn, left) }, publish));
  }
}
