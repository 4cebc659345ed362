import type { PomeloLimits } from '../../options/limits.js';
import type { ClientManager } from '../connector.interface.js';
import type { FlushQueue } from './flush-queue.js';
import type { HandshakeReplies } from './handshake-replies.js';
import type { HybridClient } from './hybrid-client.js';
import type { ResolvedHybridOptions } from './hybrid.options.js';
import type { WireProfiles } from './wire-profile.js';

/** What all connections of one connector share. */
export interface HybridContext {
  readonly manager: ClientManager;
  readonly limits: Readonly<PomeloLimits>;
  readonly options: ResolvedHybridOptions;
  readonly flushQueue: FlushQueue;
  readonly replies: HandshakeReplies;
  readonly clients: Set<HybridClient>;
  /** The generation for new clients. */
  profiles: WireProfiles;
  /** Monotonic time in ms, as of the last sweep: precise enough for deadlines, free to read. */
  now: number;
}
