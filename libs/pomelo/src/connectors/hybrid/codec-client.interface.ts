import type { KeyObject } from 'node:crypto';
import type { RejectLayer, RejectReason } from '../../diagnostics.js';
import type { WireProfile } from './wire-profile.js';

/** A client as the codec of this connector knows it. */
export interface CodecClient {
  readonly profile: WireProfile;
  /** For counters. */
  readonly transport: string;
  /** What its messages are signed with, when they have to be. */
  readonly signatureKey: KeyObject | undefined;
  /** The client has sent a compressed body: it reads them, too. */
  provedCompression(): void;
  /** Ends the connection of a client that broke the rules. */
  refuse(layer: RejectLayer, reason: RejectReason): undefined;
}
