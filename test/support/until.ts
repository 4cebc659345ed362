/** A little less than the time of a test: whoever waits longer waits for ever, and would keep the whole run from ending. */
const GIVE_UP_MS = 28_000;

/** Resolves as soon as the condition holds. Rejects when it never does, with its text. */
export async function until(condition: () => boolean): Promise<void> {
  const startedAt = performance.now();
  while (!condition()) {
    if (performance.now() - startedAt > GIVE_UP_MS) throw new Error(`never: ${condition.toString()}`);
    await new Promise(setImmediate);
  }
}
