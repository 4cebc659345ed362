import type { IdempotencyClaim, IdempotencyStore, IdempotentOutcome } from './idempotency-store.interface.js';
import { checkInteger } from '../options/option-checks.js';

interface Entry {
  readonly expiresAt: number;
  readonly outcome: IdempotentOutcome | undefined;
}

const DEFAULT_ENTRIES = 10_000;

/** Keeps outcomes in this process: the latest, so many at most. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  /** The one that was kept last is the last. */
  private readonly entries = new Map<string, Entry>();

  /** Throws `OPTION_INVALID` unless `maxEntries` is a whole number from 1. Default 10000. */
  constructor(private readonly maxEntries = DEFAULT_ENTRIES) {
    checkInteger('MemoryIdempotencyStore', maxEntries, 1, 2 ** 24);
  }

  /** Keys of which something is known. */
  get size(): number {
    return this.entries.size;
  }

  claim(key: string, ttlMs: number): IdempotencyClaim {
    const known = this.entries.get(key);
    if (known !== undefined && known.expiresAt > performance.now()) return known.outcome ?? 'running';
    this.put(key, undefined, ttlMs);
    return 'yours';
  }

  keep(key: string, outcome: IdempotentOutcome, ttlMs: number): void {
    this.put(key, outcome, ttlMs);
  }

  release(key: string): void {
    this.entries.delete(key);
  }

  private put(key: string, outcome: IdempotentOutcome | undefined, ttlMs: number): void {
    const now = performance.now();
    this.entries.delete(key);
    this.entries.set(key, { expiresAt: now + ttlMs, outcome });
    for (const [oldest, { expiresAt }] of this.entries) {
      if (expiresAt > now && this.entries.size <= this.maxEntries) break;
      this.entries.delete(oldest);
    }
  }
}
