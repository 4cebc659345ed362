import type { ChannelHistoryStore, KeptHistory } from './channel-history-store.interface.js';
import type { HistoryPosition } from './history.interface.js';
import { HistoryLog } from './history-log.js';
import type { HistoryBounds } from './history-options.js';

/** Options of {@link MemoryChannelHistory}. */
export interface MemoryHistoryOptions {
  /** Milliseconds for which a channel is remembered whose messages are all forgotten. Default 86400000, a day. */
  readonly forgetMs?: number;
}

const DAY_MS = 86_400_000;
/** Channels looked at for forgetting whenever one is appended to: more than one, so that the table shrinks. */
const LOOKED_AT = 2;

/** Keeps the history of cluster-wide channels in this process: for servers of one process, and for tests. */
export class MemoryChannelHistory implements ChannelHistoryStore {
  /** The one that was appended to last is the last. */
  private readonly logs = new Map<string, HistoryLog>();
  private readonly forgetMs: number;

  constructor({ forgetMs = DAY_MS }: MemoryHistoryOptions = {}) {
    this.forgetMs = forgetMs;
  }

  /** Channels that are remembered. */
  get size(): number {
    return this.logs.size;
  }

  async append(channel: string, message: Uint8Array, bounds: HistoryBounds): Promise<HistoryPosition> {
    this.forgetSome();
    const log = this.logs.get(channel) ?? new HistoryLog();
    this.logs.delete(channel);
    this.logs.set(channel, log);
    return { epoch: log.epoch, offset: log.append(message, bounds) };
  }

  async read(channel: string, after: number): Promise<KeptHistory | undefined> {
    return this.logs.get(channel)?.read(after);
  }

  async remove(channel: string): Promise<void> {
    this.logs.delete(channel);
  }

  private forgetSome(): void {
    const now = performance.now();
    let left = LOOKED_AT;
    for (const [channel, { until }] of this.logs) {
      if (left === 0 || until + this.forgetMs > now) return;
      this.logs.delete(channel);
      left -= 1;
    }
  }
}
