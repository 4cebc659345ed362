import type { SessionSettings } from '../session-home.interface.js';
import type { SessionStorage } from './session-storage.interface.js';

/** Options of {@link MemorySessionStorage}. */
export interface MemoryStorageOptions {
  /** Milliseconds after the last store or heartbeat for which a user is remembered. Default 86400000, a day. */
  readonly ttlMs?: number;
}

interface Stored {
  /** As it would travel: what is stored must not change with the objects that it was made from. */
  readonly text: string;
  readonly until: number;
}

const DAY_MS = 86_400_000;
/** Users looked at for forgetting whenever one is stored: more than one, so that the table shrinks. */
const LOOKED_AT = 2;

/** Keeps sessions in this process: for development, and for servers of one process. */
export class MemorySessionStorage implements SessionStorage {
  private readonly stored = new Map<string, Stored>();
  private readonly ttlMs: number;

  constructor({ ttlMs = DAY_MS }: MemoryStorageOptions = {}) {
    this.ttlMs = ttlMs;
  }

  /** Users that are remembered. */
  get size(): number {
    return this.stored.size;
  }

  async query(uid: string): Promise<SessionSettings | undefined> {
    const found = this.stored.get(uid);
    return found === undefined || found.until < Date.now()
      ? undefined
      : (JSON.parse(found.text) as SessionSettings);
  }

  async store(uid: string, settings: SessionSettings): Promise<void> {
    this.forgetSome();
    this.put(uid, JSON.stringify(settings));
  }

  async delete(uid: string): Promise<void> {
    this.stored.delete(uid);
  }

  async heartbeat(uid: string): Promise<void> {
    const found = this.stored.get(uid);
    if (found !== undefined) this.put(uid, found.text);
  }

  /** The newest go to the end of the queue, so that those which expire first are looked at first. */
  private put(uid: string, text: string): void {
    this.stored.delete(uid);
    this.stored.set(uid, { text, until: Date.now() + this.ttlMs });
  }

  private forgetSome(): void {
    const now = Date.now();
    let left = LOOKED_AT;
    for (const [uid, { until }] of this.stored) {
      if (left === 0 || until >= now) return;
      this.stored.delete(uid);
      left -= 1;
    }
  }
}
