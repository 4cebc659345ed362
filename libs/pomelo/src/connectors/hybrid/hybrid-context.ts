import type { ClientManager } from '../connector.interface.js';
import type { FlowContext } from './flow-control.js';
import type { HandshakeReplies } from './handshake-replies.js';
import type { ResolvedHybridOptions } from './hybrid.options.js';
import type { WireProfiles } from './wire-profile.js';

/** A connection as its connector knows it. */
export interface SweptConnection {
  /** Looks at the deadlines. */
  sweep(now: number): void;
  close(reason?: string): void;
}

/** What all connections of one connector share. */
export interface HybridContext extends FlowContext {
  readonly manager: ClientManager;
  readonly options: ResolvedHybridOptions;
  readonly replies: HandshakeReplies;
  readonly clients: Set<SweptConnection>;
  /** The generation for new clients. */
  profiles: WireProfiles;
  /** Monotonic time in ms, as of the last sweep: precise enough for deadlines, free to read. */
  now: number;
}
