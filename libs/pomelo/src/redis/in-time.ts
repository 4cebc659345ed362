import { withinTime } from '../timing/within-time.js';

/** What Redis answers. Rejects after `timeoutMs`: while Redis is away ioredis keeps commands for later, and nobody must wait for that. */
export function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return withinTime(work, timeoutMs, () => new Error(`Redis did not answer within ${timeoutMs} ms`));
}
