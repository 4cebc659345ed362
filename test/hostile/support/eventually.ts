import { setTimeout } from 'node:timers/promises';

/** Time for what the server still has to notice, in ms; nothing depends on how little of it is used. */
const PATIENCE_MS = 5_000;

/** Repeats a check until it passes. Rejects with its last failure when it never does. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  const givesUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > givesUpAt) throw error;
    }
    await setTimeout(10);
  }
}
