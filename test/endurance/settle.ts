import { setTimeout } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;

/** Waits until the condition holds, at most so long; whether it does. */
export async function settles(condition: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await setTimeout(LOOK_EVERY_MS);
  }
  return true;
}
