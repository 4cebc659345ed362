import { DeadlineHeap, type HeapEntry } from './deadline-heap.js';

/** Something that ends at a time of the clock. */
export interface WatchedEntry extends HeapEntry {
  /** Called once, when the time has come; it may add the entry again. */
  expire(): void;
}

/** The clock may be set while the timer sleeps: it looks at it this often at least. */
const LONGEST_SLEEP_MS = 60_000;

/**
 * Deadlines by the clock of the world, as tokens have them, of any length: one timer for all, which sleeps until the
 * earliest. For deadlines of one length there is `DeadlineList`, which costs less.
 */
export class DeadlineWatch {
  private readonly heap = new DeadlineHeap<WatchedEntry>();
  private timer: NodeJS.Timeout | undefined;
  private wakesAt = Infinity;

  /** Entries that wait. */
  get size(): number {
    return this.heap.size;
  }

  /** Watches an entry until its deadline. */
  add(entry: WatchedEntry): void {
    this.heap.add(entry);
    if (entry.deadline < this.wakesAt) this.arm();
  }

  /** Forgets an entry; one that is not watched is fine. */
  remove(entry: WatchedEntry): void {
    this.heap.remove(entry);
  }

  /** Ends the timer; what still waits never expires. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.wakesAt = Infinity;
  }

  private arm(): void {
    this.stop();
    const { first } = this.heap;
    if (first === undefined) return;
    const sleep = Math.min(LONGEST_SLEEP_MS, Math.max(1, first.deadline - Date.now()));
    this.wakesAt = first.deadline;
    this.timer = setTimeout(() => this.expireDue(), Math.ceil(sleep)).unref();
  }

  private expireDue(): void {
    const now = Date.now();
    try {
      for (let due = this.heap.takeDue(now); due !== undefined; due = this.heap.takeDue(now)) due.expire();
    } finally {
      this.arm();
    }
  }
}
