import type { ClientSocket, MessageKind } from '../connectors/connector.interface.js';
import type { TermedPush } from './waiting-pushes.js';
import type { OfferedFate } from './waiting-room.js';

/** What `select` may know of a message. */
export interface ScheduledMessage {
  readonly kind: MessageKind;
  readonly route: string;
  /** What the caller of a push gave as `options.scheduler`. */
  readonly hint?: unknown;
}

/** Decides when an encoded message goes to its client. */
export interface PushScheduler {
  /** False when it is known already that the message will not arrive. */
  schedule(client: ClientSocket, message: Buffer, kind: MessageKind, route: string, hint?: unknown): boolean;
  /** Sends a push on terms now or later, or never when its terms say so. */
  offer(client: ClientSocket, push: TermedPush): OfferedFate;
  /** Sends at once what waits for this client. */
  flush(client: ClientSocket): void;
  /** Drops what waits for this client: it is gone. */
  forget(client: ClientSocket): void;
  /** Sends everything that waits and ends the timers. */
  stop(): void;
}

/** How messages are scheduled. */
export interface PushOptions {
  /** `direct`: at once, joined with what the same turn sends; `buffered`: collected and sent together, early to a client for whom `limits.writeBufferSoftBytes` wait. Default `direct`. */
  readonly scheduler?: 'direct' | 'buffered';
  /** Interval of the buffered scheduler, in ms. Default 20, as Pomelo. */
  readonly flushIntervalMs?: number;
  /** Chooses for each message; wins over `scheduler`. */
  readonly select?: (about: ScheduledMessage) => 'direct' | 'buffered';
}
