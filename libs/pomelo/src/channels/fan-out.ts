import type { BoundConnector } from '../connectors/bound-connector.js';
import type { FrontendSession } from '../sessions/frontend-session.js';
import type { ClientSocket } from '../connectors/connector.interface.js';
import type { Push } from './push.js';

/**
 * Sends one push to many sessions: encoded once for all clients that speak alike.
 *
 * One object a push. Clients of a connector with an `encodingKey` share the bytes; others are encoded one by one.
 */
export class FanOut {
  private lastConnector: BoundConnector | undefined = undefined;
  private lastKey: unknown = undefined;
  private lastBytes: Buffer | undefined = undefined;
  private readonly encoded = new Map<BoundConnector, Map<unknown, Buffer | undefined>>();
  private failure: { readonly error: unknown } | undefined = undefined;

  constructor(protected readonly push: Push) {}

  /** Sends to one session; false when it is closed, too slow to get it, not meant by the terms of the push, or the body cannot be encoded for it. Never throws. */
  send(session: FrontendSession): boolean {
    if (!session.isOpen || session.admission !== undefined) return session.dropPush();
    try {
      const bytes = this.bytesFor(session);
      return bytes === undefined ? session.dropPush() : this.hand(session, bytes);
    } catch (error) {
      this.failure ??= { error };
      return session.dropPush();
    }
  }

  /** Throws what the encoding for some session threw. At the end, because the other sessions are owed their push. */
  finish(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  /** Hands encoded bytes to the scheduler of a session. */
  protected hand(session: FrontendSession, bytes: Buffer): boolean {
    const { kind, route, hint } = this.push;
    return session.deliver(bytes, kind, route, hint);
  }

  private bytesFor({ connector, client }: FrontendSession): Buffer | undefined {
    // A connector without keys: every client is a group of its own.
    const key = connector.connector.encodingKey?.(client) ?? client;
    if (this.lastBytes !== undefined && this.lastKey === key && this.lastConnector === connector)
      return this.lastBytes;
    let encoded = this.encoded.get(connector);
    if (encoded === undefined) this.encoded.set(connector, (encoded = new Map()));
    // What failed for a key fails once, not once a session.
    const bytes = encoded.has(key) ? encoded.get(key) : this.encode(connector, client);
    encoded.set(key, bytes);
    this.lastConnector = connector;
    this.lastKey = key;
    this.lastBytes = bytes;
    return bytes;
  }

  private encode({ codec }: BoundConnector, client: ClientSocket): Buffer | undefined {
    try {
      return codec.encode(client, undefined, this.push.route, this.push.body);
    } catch (error) {
      this.failure ??= { error };
      return undefined;
    }
  }
}
