import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { BoundConnector } from '../connectors/bound-connector.js';
import type { ClientSocket, CloseReason } from '../connectors/connector.interface.js';
import { reportReject, reportSessionEnd } from '../diagnostics.js';
import { pomeloError } from '../errors/pomelo.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import type { Rate } from '../rates/token-bucket.js';
import { FrontendSession, transportOf, type SessionKeeper } from './frontend-session.js';
import { SessionEvents } from './session-events.js';
import type { Session } from './session.js';
import { assertUid, isUid } from './uid.js';

/** The sessions of this frontend. Names follow Pomelo's `sessionService`. */
@Injectable()
export class SessionService implements SessionKeeper {
  /** Id of this server. */
  readonly frontendId: string;
  private readonly idPrefix: string;
  private readonly messages: Rate;
  private counter = 0;
  private readonly sessions = new Map<string, FrontendSession>();
  /** Clients whose handshake is being decided. */
  private readonly arriving = new Set<FrontendSession>();
  private readonly endListeners: ((session: FrontendSession) => void)[] = [];
  private readonly byUid = new Map<string, Set<FrontendSession>>();

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly events: SessionEvents,
  ) {
    this.frontendId = options.server.id;
    const { messagesPerSecond: perSecond, messageBurst: burst } = options.limits;
    this.messages = { perSecond, burst };
    this.idPrefix = `${this.frontendId}.${randomBytes(4).toString('hex')}.`;
  }

  /** The session with this id; `undefined` when it is not connected to this frontend. */
  get(sessionId: string): Session | undefined {
    return this.sessions.get(sessionId)?.view();
  }

  /** All sessions of a user on this frontend; empty when there are none. */
  getByUid(uid: string): Session[] {
    return Array.from(this.byUid.get(uid) ?? [], (session) => session.view());
  }

  /** The user has a session on this frontend. */
  async isBound(uid: string): Promise<boolean> {
    return this.byUid.has(uid);
  }

  /** Binds a uid to a session, given itself or by id. Rejects as {@link Session.bind}. */
  async bind(session: Session | string, uid: string): Promise<void> {
    await this.viewOf(session).bind(uid);
  }

  /** Removes a binding. Rejects as {@link Session.unbind}. */
  async unbind(session: Session | string, uid: string): Promise<void> {
    await this.viewOf(session).unbind(uid);
  }

  /** Kicks every session of a user. Resolves to the number of sessions; an unknown user is fine. */
  async kick(uid: string, reason = 'kick'): Promise<number> {
    const sessions = [...(this.byUid.get(uid) ?? [])];
    for (const session of sessions) session.close(reason);
    return sessions.length;
  }

  /** Kicks one session. Resolves to false when it is not connected here. */
  async kickBySessionId(sessionId: string, reason = 'kick'): Promise<boolean> {
    const session = this.sessions.get(sessionId);
    session?.close(reason);
    return session !== undefined;
  }

  /** Writes one value straight into the session. Rejects with `SESSION_CLOSED`. */
  async import(sessionId: string, key: string, value: unknown): Promise<void> {
    await this.importAll(sessionId, { [key]: value });
  }

  /** Writes values straight into the session. Rejects with `SESSION_CLOSED`. */
  async importAll(sessionId: string, values: Readonly<Record<string, unknown>>): Promise<void> {
    await this.viewOf(sessionId).home.push(values);
  }

  /** Network address of a session's client. */
  getClientAddressBySessionId(sessionId: string): string | undefined {
    return this.sessions.get(sessionId)?.remoteAddress;
  }

  /** Number of sessions on this frontend. */
  getSessionsCount(): number {
    return this.sessions.size;
  }

  /** Number of users with a session on this frontend. */
  getBoundUsersCount(): number {
    return this.byUid.size;
  }

  /** Calls `visit` with every session. */
  forEachSession(visit: (session: Session) => void): void {
    for (const session of this.sessions.values()) visit(session.view());
  }

  /** Calls `visit` with every session that has a uid. */
  forEachBindedSession(visit: (session: Session) => void): void {
    for (const session of this.sessions.values()) if (session.uid !== undefined) visit(session.view());
  }

  /** Sends a push message to one session. Resolves to false when it is not connected here. */
  async sendMessage(sessionId: string, route: string, body: unknown): Promise<boolean> {
    return this.sessions.get(sessionId)?.send(route, body) ?? false;
  }

  /** Sends a push message to every session of a user. Resolves to false when there is none that can get it. */
  async sendMessageByUid(uid: string, route: string, body: unknown): Promise<boolean> {
    const sessions = this.byUid.get(uid);
    if (sessions === undefined) return false;
    let isSent = false;
    for (const session of sessions) isSent = session.send(route, body) || isSent;
    return isSent;
  }

  /** The sessions themselves; for channels and connectors. */
  all(): Iterable<FrontendSession> {
    return this.sessions.values();
  }

  /** The sessions of a user themselves; for channels. */
  ofUid(uid: string): ReadonlySet<FrontendSession> | undefined {
    return this.byUid.get(uid);
  }

  /** Calls `listener` with every session that ends, also one that was never admitted; for channels. */
  onEnded(listener: (session: FrontendSession) => void): void {
    this.endListeners.push(listener);
  }

  /** Every session, also those whose handshake is being decided; for the shutdown. */
  everyone(): FrontendSession[] {
    return [...this.sessions.values(), ...this.arriving];
  }

  /** Makes the session of a new client, which counts once it is admitted; for the adapter. */
  open(client: ClientSocket, connector: BoundConnector): FrontendSession {
    this.counter += 1;
    const session = new FrontendSession(
      this.idPrefix + String(this.counter),
      client,
      connector,
      this,
      this.messages,
    );
    this.arriving.add(session);
    return session;
  }

  /** Lets a session in; for the adapter. */
  admit(session: FrontendSession): void {
    if (this.arriving.delete(session)) this.sessions.set(session.id, session);
  }

  /** Ends a session whose client is gone; for the adapter. False when it was never admitted, or had ended already. */
  closed(session: FrontendSession, reason: CloseReason): boolean {
    const wasAdmitted = this.sessions.delete(session.id);
    if (!wasAdmitted && !this.arriving.delete(session)) return false;
    session.isConnected = false;
    this.release(session);
    reportSessionEnd(reason, transportOf(session));
    for (const listener of this.endListeners) listener(session);
    // Who heard of a user's coming hears of its going.
    if (wasAdmitted || session.uid !== undefined) this.events.emit('closed', session.view(), reason);
    return wasAdmitted;
  }

  /** Binds; throws what {@link Session.bind} rejects with. */
  bindSession(session: FrontendSession, uid: string): void {
    const { uidLength } = this.options.limits;
    if (!isUid(uid, uidLength)) reportReject('session', 'bad_uid', transportOf(session));
    assertUid(uid, uidLength);
    if (!session.isOpen) throw pomeloError('SESSION_CLOSED', { session: session.id });
    if (session.uid === uid) return;
    if (session.uid !== undefined) {
      reportReject('session', 'rebind', transportOf(session));
      throw pomeloError('ALREADY_BOUND', { uid: session.uid });
    }
    this.makeRoomFor(uid);
    session.uid = uid;
    session.client.session.uid = uid;
    const sessions = this.byUid.get(uid);
    if (sessions === undefined) this.byUid.set(uid, new Set([session]));
    else sessions.add(session);
    this.events.emit('bound', session.view(), uid);
  }

  /** Removes a binding; throws what {@link Session.unbind} rejects with. */
  unbindSession(session: FrontendSession, uid: string): void {
    if (!session.isOpen) throw pomeloError('SESSION_CLOSED', { session: session.id });
    if (session.uid === undefined || session.uid !== uid) throw pomeloError('NOT_BOUND', { uid });
    this.release(session);
    session.uid = undefined;
    session.client.session.uid = undefined;
    this.events.emit('unbound', session.view(), uid);
  }

  /** Takes a session that is ending out of the index of users. */
  release(session: FrontendSession): void {
    if (session.uid === undefined) return;
    const sessions = this.byUid.get(session.uid);
    if (sessions?.delete(session) && sessions.size === 0) this.byUid.delete(session.uid);
  }

  private makeRoomFor(uid: string): void {
    const others = this.byUid.get(uid);
    if (others === undefined || this.options.sessions.single === false) return;
    if (this.options.sessions.single === 'refuseNew') throw pomeloError('UID_TAKEN', { uid });
    for (const other of others) other.close('replaced');
  }

  private viewOf(session: Session | string): Session {
    if (typeof session !== 'string') return session;
    const found = this.get(session);
    if (found === undefined) throw pomeloError('SESSION_CLOSED', { session });
    return found;
  }
}
