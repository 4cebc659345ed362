import type { ClientSocket, CloseReason, MessageKind } from '../connectors/connector.interface.js';
import type { BoundConnector } from '../connectors/bound-connector.js';
import { reportReject } from '../diagnostics.js';
import { TokenBucket, type Rate } from '../rates/token-bucket.js';
import { deliverWith } from '../push/deliver-on-terms.js';
import type { PushCallOptions } from '../push/push-terms.js';
import { pomeloError } from '../errors/pomelo.exception.js';
import type { GuestJudge, SessionChanges, SessionHome, SessionSettings } from './session-home.interface.js';
import type { SessionRecord, SessionState } from './session-record.js';
import { Session } from './session.js';

const NO_SETTINGS: SessionSettings = Object.freeze(Object.create(null) as Record<string, unknown>);

/** Who keeps the sessions of a frontend and the index of their users. */
export interface SessionKeeper {
  readonly frontendId: string;
  readonly isGuest: GuestJudge | undefined;
  bindSession(session: FrontendSession, uid: string): Promise<void>;
  unbindSession(session: FrontendSession, uid: string): Promise<void>;
  /** The values of a session have changed; `undefined` when nobody stores them. */
  changed(session: FrontendSession): Promise<void> | undefined;
  /** The session is ending: its user counts as gone. */
  release(session: FrontendSession): void;
}

/** The session itself, on the frontend that owns it. One object a connection; handlers see it through {@link Session}. */
export class FrontendSession implements SessionHome {
  uid: string | undefined = undefined;
  settings: SessionSettings = NO_SETTINGS;
  isConnected = true;
  /** Messages that the client may still send. */
  readonly budget: TokenBucket;
  /** Requests that have not been answered yet. */
  inFlight = 0;
  /** Called when the last request has been answered; set while the server drains. */
  onIdle: (() => void) | undefined = undefined;
  /** Set while the handshake is being decided: messages wait for it. */
  admission: Promise<unknown> | undefined = undefined;
  /** The reason of our own side for closing, kept until the connection reports its end. */
  closeReason: CloseReason | undefined = undefined;

  constructor(
    readonly id: string,
    readonly client: ClientSocket,
    readonly connector: BoundConnector,
    private readonly sessions: SessionKeeper,
    messages: Rate,
  ) {
    this.budget = new TokenBucket(messages);
  }

  /** Connected, and nobody has decided to end it. */
  get isOpen(): boolean {
    return this.isConnected && this.closeReason === undefined;
  }

  get frontendId(): string {
    return this.sessions.frontendId;
  }

  get remoteAddress(): string {
    return this.client.remoteAddress;
  }

  get certificateName(): string | undefined {
    return this.client.certificateName;
  }

  get isGuest(): GuestJudge | undefined {
    return this.sessions.isGuest;
  }

  /** As it travels to another server. */
  toRecord(): SessionRecord {
    const { id, frontendId, remoteAddress, certificateName, uid, settings } = this;
    return { id, frontendId, remoteAddress, certificateName, uid, settings };
  }

  async load(): Promise<SessionState | undefined> {
    return this.isConnected ? { uid: this.uid, settings: this.settings } : undefined;
  }

  /** A fresh view for one message. */
  view(): Session {
    return new Session(this, this.uid, this.settings);
  }

  async bind(uid: string): Promise<SessionSettings> {
    await this.sessions.bindSession(this, uid);
    return this.settings;
  }

  async unbind(uid: string): Promise<void> {
    await this.sessions.unbindSession(this, uid);
  }

  async push(changes: SessionChanges): Promise<void> {
    if (!this.isConnected) throw pomeloError('SESSION_CLOSED', { session: this.id });
    const next = Object.assign(Object.create(null) as Record<string, unknown>, this.settings);
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined) delete next[key];
      else next[key] = value;
    }
    this.settings = next;
    await this.sessions.changed(this);
  }

  send(route: string, body: unknown, options?: PushCallOptions): boolean {
    if (!this.isOpen) return this.dropPush();
    const bytes = this.connector.codec.encode(this.client, undefined, route, body);
    if (bytes === undefined) return this.dropPush();
    return options === undefined
      ? this.deliver(bytes, 'push', route)
      : deliverWith(this, bytes, route, options);
  }

  /** Hands encoded bytes to the scheduler; false when it is known already that they will not arrive. */
  deliver(bytes: Buffer, kind: MessageKind, route: string, hint?: unknown): boolean {
    const { connector, client } = this;
    const { counters } = connector;
    if (kind === 'response') counters.responses += 1;
    else counters.pushes += 1;
    return connector.scheduler.schedule(client, bytes, kind, route, hint) || this.dropPush();
  }

  /** Counts a message that will not arrive. Gives false, for callers that report it. */
  dropPush(): false {
    reportReject('session', 'push_dropped', transportOf(this));
    return false;
  }

  close(reason?: string): void {
    if (!this.isConnected) return;
    this.closeReason ??= reason ?? 'closed';
    this.sessions.release(this);
    this.connector.scheduler.flush(this.client);
    this.client.close(reason);
  }
}

/** The transport of a session, for counters. */
export function transportOf({ client, connector }: FrontendSession): string {
  return client.transport ?? connector.name;
}
