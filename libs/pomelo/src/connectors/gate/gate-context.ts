import type { ConnectionContext, SweptConnection } from '../connection/connection-context.js';
import type { CloseReason } from '../connector.interface.js';
import type { GateNetwork, PackCodec } from './gate-hooks.interface.js';
import type { ResolvedGateOptions } from './resolve-gate-options.js';
import type { SessionLearner } from './session-learner.js';

/** What all connections of one listener of a gate share. `limits.handshakeMs` in here is `overTime`. */
export interface GateContext extends ConnectionContext {
  readonly clients: Set<SweptConnection & { onClosed(reason: CloseReason): void }>;
  readonly options: ResolvedGateOptions;
  readonly maxPackBytes: number;
  readonly learner: SessionLearner;
  readonly codecFor: (network: GateNetwork) => PackCodec;
}
