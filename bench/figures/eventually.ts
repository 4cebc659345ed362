import { setTimeout as wait } from 'node:timers/promises';

/** Looks again and again until the condition holds, and gives true; false when the time, in ms, is over before. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  withinMs: number,
  everyMs = 1,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await wait(everyMs);
  }
  return true;
}
