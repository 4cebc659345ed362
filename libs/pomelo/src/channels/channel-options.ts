import type { HistoryOptions } from './history/history.interface.js';
import type { PresenceOptions } from './presence/presence.interface.js';

/** What a channel does besides pushing. */
export interface ChannelOptions {
  /** Keeps what is pushed for those who come, or come back. Default nothing. */
  readonly history?: HistoryOptions;
  /** Tells members who comes and goes. Default false. */
  readonly presence?: boolean | PresenceOptions;
}
