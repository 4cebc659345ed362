import type { PeerId } from './cluster-driver.interface.js';
import type { FrameSender } from './outbox.js';

/** What takes the frames of peers and waits for the fate of its own: the call layer. */
export interface FrameReceiver extends FrameSender {
  /** One frame of a peer, from `start` to `end`. The bytes are valid during the call. */
  frame(from: PeerId, batch: Uint8Array, start: number, end: number): void;
  /** Nobody listened: nothing of this batch was executed. */
  notDelivered(to: string, batchNo: number): void;
  /** The servers that have been asked for something, and have not answered. */
  debtors(): ReadonlySet<string>;
  /** The link to the engine is gone, and with it the answers to everything that was written. */
  linkLost(): void;
}
