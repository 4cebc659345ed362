import { DeadlineHeap, type HeapEntry } from '../timing/deadline-heap.js';
import type { ReplayStore } from './replay-store.interface.js';

interface UsedToken extends HeapEntry {
  readonly id: string;
}

/** Remembers used tokens in this process: a token can be used once on each server. For a cluster take `RedisReplayStore`. */
export class MemoryReplayStore implements ReplayStore {
  private readonly ids = new Set<string>();
  private readonly used = new DeadlineHeap<UsedToken>();

  constructor(
    /** Tokens that are remembered at most. */
    private readonly capacity: number,
  ) {}

  /** Tokens that are remembered. */
  get size(): number {
    return this.ids.size;
  }

  /** Throws when there are too many: to forget one would be to let it in again. */
  use(id: string, ttlMs: number): boolean {
    const now = performance.now();
    for (let due = this.used.takeDue(now); due !== undefined; due = this.used.takeDue(now))
      this.ids.delete(due.id);
    if (this.ids.has(id)) return false;
    if (this.ids.size >= this.capacity)
      throw new Error(`${this.capacity} used tokens are remembered already`);
    this.ids.add(id);
    this.used.add({ id, deadline: now + ttlMs, place: -1 });
    return true;
  }
}
