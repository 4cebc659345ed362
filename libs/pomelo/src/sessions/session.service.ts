import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { BoundConnector } from '../connectors/bound-connector.js';
import type { ClientSocket, CloseReason } from '../connectors/connector.interface.js';
import { reportSessionEnd } from '../diagnostics.js';
import { pomeloError } from '../errors/pomelo.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import type { PushCallOptions } from '../push/push-terms.js';
import type { Rate } from '../rates/token-bucket.js';
import type { BindingKeeper } from './binding-keeper.interface.js';
import { FrontendSession, transportOf, type SessionKeeper } from './frontend-session.js';
import { SessionEvents } from './session-events.js';
import type { GuestJudge } from './session-home.interface.js';
import type { Session } from './session.js';
import { SessionPersistence } from './storage/session-persistence.js';
import { UserIndex } from './user-index.js';

/** The sessions of this frontend. Names follow Pomelo's `sessionService`. */
@Injectable()
export class SessionService implements SessionKeeper, OnApplicationShutdown {
  /** Id of this server. */
  readonly frontendId: string;
  /** Who counts as a guest; for sessions. */
  readonly isGuest: GuestJudge | undefined;
  private readonly idPrefix: string;
  private readonly messages: Rate;
  private counter = 0;
  private readonly sessions = new Map<string, FrontendSession>();
  /** Clients whose handshake is being decided. */
  private readonly arriving = new Set<FrontendSession>();
  private readonly endListeners: ((session: FrontendSession) => void)[] = [];
  private readonly users: UserIndex;
  private readonly persistence: SessionPersistence | undefined;
  private bindings: BindingKeeper | undefined;

  constructor(
    @Inject(POMELO_OPTIONS) options: ResolvedOptions,
    private readonly events: SessionEvents,
  ) {
    this.frontendId = options.server.id;
    const { messagesPerSecond: perSecond, messageBurst: burst } = options.limits;
    this.messages = { perSecond, burst };
    const { single, persist, isGuest } = options.sessions;
    this.isGuest = isGuest;
    // In a cluster the store of bindings decides who came last, also between two sessions of this server.
    this.users = new UserIndex(options.limits.uidLength, options.cluster === undefined ? single : false);
    this.persistence = persist === undefined ? undefined : new SessionPersistence(persist);
    this.idPrefix = `${this.frontendId}.${randomBytes(4).toString('hex')}.`;
  }

  /** The session with this id; `undefined` when it is not connected to this frontend. */
  get(sessionId: string): Session | undefined {
    return this.sessions.get(sessionId)?.view();
  }

  /** All sessions of a user on this frontend; empty when there are none. */
  getByUid(uid: string): Session[] {
    return Array.from(this.users.of(uid) ?? [], (session) => session.view());
  }

  /** The user has a session on this frontend. */
  async isBound(uid: string): Promise<boolean> {
    return this.users.of(uid) !== undefined;
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
    const sessions = [...(this.users.of(uid) ?? [])];
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
    return this.users.size;
  }

  /** Calls `visit` with every session. */
  forEachSession(visit: (session: Session) => void): void {
    for (const session of this.sessions.values()) visit(session.view());
  }

  /** Calls `visit` with every session that has a uid. */
  forEachBindedSession(visit: (session: Session) => void): void {
    for (const session of this.sessions.values()) if (session.uid !== undefined) visit(session.view());
  }

  /** Sends a push message to one session. Resolves to false when it is not connected here, or as {@link Session.send}. */
  async sendMessage(
    sessionId: string,
    route: string,
    body: unknown,
    options?: PushCallOptions,
  ): Promise<boolean> {
    return this.sessions.get(sessionId)?.send(route, body, options) ?? false;
  }

  /** Sends a push message to every session of a user. Resolves to false when there is none that can get it. */
  async sendMessageByUid(
    uid: string,
    route: string,
    body: unknown,
    options?: PushCallOptions,
  ): Promise<boolean> {
    const sessions = this.users.of(uid);
    if (sessions === undefined) return false;
    let isSent = false;
    for (const session of sessions) isSent = session.send(route, body, options) || isSent;
    return isSent;
  }

  /** The session itself; for the framework. */
  own(sessionId: string): FrontendSession | undefined {
    return this.sessions.get(sessionId);
  }

  /** The sessions themselves; for channels and connectors. */
  all(): Iterable<FrontendSession> {
    return this.sessions.values();
  }

  /** The sessions of a user themselves; for channels. */
  ofUid(uid: string): ReadonlySet<FrontendSession> | undefined {
    return this.users.of(uid);
  }

  /** Calls `listener` with every session that ends, also one that was never admitted; for channels. */
  onEnded(listener: (session: FrontendSession) => void): void {
    this.endListeners.push(listener);
  }

  /** Makes bindings known to the cluster; for the directory of sessions. */
  keepBindings(keeper: BindingKeeper): void {
    this.bindings = keeper;
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
    if (session.uid !== undefined) this.bindings?.released(session, session.uid);
    reportSessionEnd(reason, transportOf(session));
    this.persistence?.leave(session);
    for (const listener of this.endListeners) listener(session);
    // Who heard of a user's coming hears of its going.
    if (wasAdmitted || session.uid !== undefined) this.events.emit('closed', session.view(), reason);
    return wasAdmitted;
  }

  /** Binds; rejects with what {@link Session.bind} rejects with. Without a storage it is done before it returns. */
  async bindSession(session: FrontendSession, uid: string): Promise<void> {
    if (!this.users.bind(session, uid)) return;
    try {
      if (this.bindings !== undefined) await this.bindings.bound(session, uid);
      if (this.persistence !== undefined) await this.persistence.load(session, uid);
    } catch (error) {
      if (session.isOpen && session.uid === uid) this.users.unbind(session, uid);
      this.bindings?.released(session, uid);
      throw error;
    }
    if (this.bindings !== undefined && !session.isOpen) {
      // It ended, or was replaced, while the others were asked.
      this.bindings.released(session, uid);
      throw pomeloError('SESSION_CLOSED', { session: session.id });
    }
    if (session.uid === uid) this.events.emit('bound', session.view(), uid);
  }

  /** Removes a binding; rejects with what {@link Session.unbind} rejects with. */
  async unbindSession(session: FrontendSession, uid: string): Promise<void> {
    this.users.unbind(session, uid);
    this.bindings?.released(session, uid);
    this.events.emit('unbound', session.view(), uid);
    await this.persistence?.forget(session, uid);
  }

  /** Stores the values of a session, when sessions are stored. */
  changed(session: FrontendSession): Promise<void> | undefined {
    return this.persistence?.store(session);
  }

  /** Takes a session that is ending out of the index of users. */
  release(session: FrontendSession): void {
    this.users.release(session);
  }

  /** Ends the heartbeats of the session storage. */
  onApplicationShutdown(): void {
    this.persistence?.stop();
  }

  private viewOf(session: Session | string): Session {
    if (typeof session !== 'string') return session;
    const found = this.get(session);
    if (found === undefined) throw pomeloError('SESSION_CLOSED', { session });
    return found;
  }
}
