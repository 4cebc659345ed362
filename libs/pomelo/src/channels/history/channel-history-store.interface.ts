import type { HistoryPosition } from './history.interface.js';
import type { HistoryBounds } from './history-options.js';

/** What is kept of a channel, from some offset on. */
export interface KeptHistory extends HistoryPosition {
  /** Offset of the oldest message that is kept; one more than `offset` when there is none. */
  readonly first: number;
  /** In order and without gaps, the last one at `offset`. */
  readonly messages: readonly Uint8Array[];
}

/**
 * Keeps what was pushed to cluster-wide channels. Every method may reject. What one server appends is numbered in the order
 * of its calls.
 */
export interface ChannelHistoryStore {
  /** Keeps one more message, and forgets what is beyond the bounds. Gives its place. */
  append(channel: string, message: Uint8Array, bounds: HistoryBounds): Promise<HistoryPosition>;
  /** The messages after an offset that are still kept, and in any case where the history begins and ends. `undefined` when there is none. */
  read(channel: string, after: number): Promise<KeptHistory | undefined>;
  /** Forgets a channel: its offsets begin anew, in another epoch. */
  remove(channel: string): Promise<void>;
}
