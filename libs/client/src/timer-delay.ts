/** The longest delay that timers keep, in milliseconds (24.8 days); a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A delay that timers keep: `Infinity` and whatever else is too long becomes the longest. */
export function timerDelay(delayMs: number): number {
  return Math.min(delayMs, MAX_TIMER_MS);
}
