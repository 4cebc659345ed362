import { channel } from 'node:diagnostics_channel';

/** Something was refused: bytes, a message, a handshake. Nothing in here comes from a client's text. */
export interface RejectEvent {
  /** Where it was noticed. */
  readonly layer: 'transport' | 'package' | 'handshake' | 'message' | 'handler' | 'session';
  /** One word from a fixed list, for example `oversize`. */
  readonly reason: string;
  /** `tcp`, `ws`, or the name of another connector. */
  readonly transport: string;
}

/** Every channel of this package; subscribe with `node:diagnostics_channel`. Nobody subscribed costs nothing. */
const rejects = channel('nestjs-pomelo:reject');

/** Reports a refusal to whoever listens on `nestjs-pomelo:reject`. */
export function reportReject(layer: RejectEvent['layer'], reason: string, transport: string): void {
  if (rejects.hasSubscribers) rejects.publish({ layer, reason, transport } satisfies RejectEvent);
}
