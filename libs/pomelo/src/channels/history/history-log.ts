import { randomBytes } from 'node:crypto';
import type { KeptHistory } from './channel-history-store.interface.js';
import type { HistoryBounds } from './history-options.js';

interface Entry {
  readonly message: Uint8Array;
  /** As `performance.now()` counts. */
  readonly until: number;
}

/** Holds no bytes any more. */
const DROPPED: Entry = { message: new Uint8Array(0), until: 0 };

/** The last messages of one channel, in this process. */
export class HistoryLog {
  readonly epoch = randomBytes(9).toString('base64url');
  private entries: Entry[] = [];
  /** Where the oldest entry is that is kept. Those before it go together, now and then. */
  private start = 0;
  private bytes = 0;
  private last = 0;
  private end = 0;

  /** Number of the last message. */
  get offset(): number {
    return this.last;
  }

  /** When the last message is forgotten, as `performance.now()` counts. */
  get until(): number {
    return this.end;
  }

  /** Keeps one more message; gives its offset. */
  append(message: Uint8Array, { size, ageMs, bytes }: HistoryBounds): number {
    const now = performance.now();
    this.end = Math.max(this.end, now + ageMs);
    this.entries.push({ message, until: now + ageMs });
    this.bytes += message.length;
    this.last += 1;
    this.dropOld(now, size, bytes);
    return this.last;
  }

  /** The messages after an offset. */
  read(after: number): KeptHistory {
    this.dropOld(performance.now(), Infinity, Infinity);
    const { epoch, last, entries, start } = this;
    const first = last - (entries.length - start) + 1;
    const kept = entries.slice(start + Math.max(0, after + 1 - first));
    return { epoch, offset: last, first, messages: kept.map(({ message }) => message) };
  }

  private dropOld(now: number, size: number, bytes: number): void {
    for (let oldest = this.entries[this.start]; oldest !== undefined; oldest = this.entries[this.start]) {
      const isWithin = this.entries.length - this.start <= size && this.bytes <= bytes;
      if (oldest.until > now && isWithin) break;
      this.bytes -= oldest.message.length;
      this.entries[this.start] = DROPPED;
      this.start += 1;
    }
    if (this.start * 2 < this.entries.length) return;
    this.entries = this.entries.slice(this.start);
    this.start = 0;
  }
}
