import type { ConnectionContext } from '../connection/connection-context.js';
import type { HandshakeReplies } from './handshake-replies.js';
import type { ResolvedHybridOptions } from './hybrid.options.js';
import type { WireProfiles } from './wire-profile.js';

/** What all connections of one hybrid connector share. */
export interface HybridContext extends ConnectionContext {
  readonly options: ResolvedHybridOptions;
  readonly replies: HandshakeReplies;
  /** The generation for new clients. */
  profiles: WireProfiles;
}
