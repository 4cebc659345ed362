import { pomeloError } from '../errors/pomelo.exception.js';
import type { Session } from '../sessions/session.js';
import type { ChannelMember, MemberRecord } from './channel-member.js';
import type { ChannelOptions } from './channel-options.js';
import type { ChannelHistory } from './history/channel-history.js';
import type { HistoryAnswer, HistoryPosition } from './history/history.interface.js';
import { MemberList, type LeftSessions } from './member-list.js';
import { ChannelPresence } from './presence/channel-presence.js';
import type { PresenceListener } from './presence/presence.interface.js';
import { pushOf, type Push, type PushCallOptions } from './push.js';

/** What a channel needs of the service that made it. */
export interface ChannelKeeper {
  /** Sends to members; resolves to the uids that were not reached. */
  send(push: Push, members: readonly MemberRecord[]): Promise<string[]>;
  /** A session joins this channel as a user, and leaves it when it ends; false when it has ended. */
  track(session: Session, channel: Channel, uid: string): boolean;
  untrack(sessionId: string, channel: Channel): void;
  /** As whom a session joined this channel; `undefined` when it did not, or has left it. */
  uidIn(sessionId: string, channel: Channel): string | undefined;
  /** The channel was destroyed. */
  forget(channel: Channel): void;
}

/**
 * A named group of users that get the same pushes. It lives on the server that made it, as in Pomelo, and its members are
 * on any server. A user is in it once, however often it is added.
 */
export class Channel {
  private readonly members = new MemberList();
  private readonly presence: ChannelPresence;
  private destroyed = false;

  constructor(
    readonly name: string,
    private readonly service: ChannelKeeper,
    presence: ChannelOptions['presence'] = false,
    private readonly history?: ChannelHistory,
  ) {
    this.presence = new ChannelPresence(
      () => this.members.size,
      (route, news) => service.send(pushOf(route, news, 'push'), this.members.all()),
      presence,
    );
  }

  /**
   * Adds a session, which leaves by itself when it closes; or a uid with the server that holds it, which stays until
   * `leave`, or until that server is gone. False when the channel is destroyed, the session is closed or not bound, or
   * `sid` is missing.
   */
  add(session: Session): boolean;
  add(uid: string, sid: string): boolean;
  add(sessionOrUid: Session | string, sid?: string): boolean {
    if (this.destroyed) return false;
    if (typeof sessionOrUid !== 'string') return this.addSession(sessionOrUid);
    if (sid === undefined || sid === '') return false;
    const wasIn = this.members.has(sessionOrUid);
    this.untrackAll(this.members.addUser(sessionOrUid, sid));
    this.presence.changed(sessionOrUid, wasIn, true);
    return true;
  }

  /**
   * Adds a session as {@link add} does, and gives what it has missed since `since`, or the last messages without it. What is
   * in the answer is not pushed to the session, and every push after it is: nothing is missing, and nothing comes twice.
   * `undefined` when `add` would give false. Throws `CHANNEL_WITHOUT_HISTORY`.
   */
  join(
    session: Session,
    { since }: { readonly since?: HistoryPosition | undefined } = {},
  ): HistoryAnswer | undefined {
    const history = this.ownHistory();
    return this.add(session) ? history.since(since) : undefined;
  }

  /** Removes a user, or one session of it. False when it was no member. */
  leave(session: Session): boolean;
  leave(uid: string, sid?: string): boolean;
  leave(sessionOrUid: Session | string, sid?: string): boolean {
    if (typeof sessionOrUid !== 'string') return this.removeSession(sessionOrUid.id);
    const left = this.members.removeUser(sessionOrUid, sid);
    this.untrackAll(left ?? []);
    this.presence.changed(sessionOrUid, left !== undefined, this.members.has(sessionOrUid));
    return left !== undefined;
  }

  /** The uids of all members. */
  getMembers(): string[] {
    return this.members.uids();
  }

  /** One member; `undefined` when the user is not in the channel. */
  getMember(uid: string): ChannelMember | undefined {
    return this.members.get(uid);
  }

  /** Number of members. */
  getUserAmount(): number {
    return this.members.size;
  }

  /**
   * Pushes to every member, with one message to each server that holds some. Resolves to the uids of whom no session was
   * reached, or of whose server nobody knows whether it was, or to whom it was not sent as the options say; rejects with
   * `CHANNEL_DESTROYED`, or when the body cannot be encoded for some member, which the others do not notice. With a history
   * it is kept before this returns, unless its options let it be skipped, replaced or too late.
   */
  async pushMessage(route: string, body: unknown, options?: PushCallOptions): Promise<string[]> {
    if (this.destroyed) throw pomeloError('CHANNEL_DESTROYED', { channel: this.name });
    const push = pushOf(route, body, 'push', options);
    return this.service.send(this.history?.record(push) ?? push, this.members.all());
  }

  /** What was pushed after a position, or the last messages without one. Throws `CHANNEL_WITHOUT_HISTORY`. */
  since(position?: HistoryPosition): HistoryAnswer {
    return this.ownHistory().since(position);
  }

  /** Where the history ends; right after {@link pushMessage} the place of that push. Throws `CHANNEL_WITHOUT_HISTORY`. */
  get position(): HistoryPosition {
    return this.ownHistory().position;
  }

  /** Calls `listener` whenever a user comes into the channel or leaves it; the result removes it. */
  onPresence(listener: PresenceListener): () => void {
    return this.presence.on(listener);
  }

  /** Removes every member and ends the channel; its name is free again. */
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    for (const uid of this.members.uids()) this.leave(uid);
    this.presence.stop();
    this.service.forget(this);
  }

  /** Removes a session that ended or left; the user leaves with its last session. For the service. */
  removeSession(sessionId: string): boolean {
    const uid = this.service.uidIn(sessionId, this);
    if (uid === undefined) return false;
    this.members.removeSession(uid, sessionId);
    this.service.untrack(sessionId, this);
    this.presence.changed(uid, true, this.members.has(uid));
    return true;
  }

  /** Removes everybody on a server that is gone; for the service. */
  removeServer(sid: string): void {
    const before = this.members.uids();
    this.untrackAll(this.members.removeServer(sid));
    for (const uid of before) this.presence.changed(uid, true, this.members.has(uid));
  }

  private addSession(session: Session): boolean {
    const { id, uid, frontendId } = session;
    if (uid === undefined || !session.isConnected) return false;
    if (this.service.uidIn(id, this) !== uid) this.removeSession(id);
    const wasIn = this.members.has(uid);
    if (!this.members.addSession(uid, frontendId, id)) return true;
    const isTracked = this.service.track(session, this, uid);
    if (!isTracked) this.members.removeSession(uid, id);
    this.presence.changed(uid, wasIn, this.members.has(uid));
    return isTracked;
  }

  private ownHistory(): ChannelHistory {
    if (this.history === undefined) throw pomeloError('CHANNEL_WITHOUT_HISTORY', { channel: this.name });
    return this.history;
  }

  private untrackAll(sessionIds: LeftSessions): void {
    for (const id of sessionIds) this.service.untrack(id, this);
  }
}
