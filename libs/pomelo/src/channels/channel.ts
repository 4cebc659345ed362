import { pomeloError } from '../errors/pomelo.exception.js';
import type { Session } from '../sessions/session.js';
import type { ChannelMember, MemberRecord } from './channel-member.js';
import { MemberList, type LeftSessions } from './member-list.js';
import type { Push, PushCallOptions } from './push.js';

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
  private destroyed = false;

  constructor(
    readonly name: string,
    private readonly service: ChannelKeeper,
  ) {}

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
    this.untrackAll(this.members.addUser(sessionOrUid, sid));
    return true;
  }

  /** Removes a user, or one session of it. False when it was no member. */
  leave(session: Session): boolean;
  leave(uid: string, sid?: string): boolean;
  leave(sessionOrUid: Session | string, sid?: string): boolean {
    if (typeof sessionOrUid !== 'string') return this.removeSession(sessionOrUid.id);
    const left = this.members.removeUser(sessionOrUid, sid);
    this.untrackAll(left ?? []);
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
   * reached, or of whose server nobody knows whether it was; rejects with `CHANNEL_DESTROYED`, or when the body cannot be
   * encoded for some member, which the others do not notice.
   */
  async pushMessage(route: string, body: unknown, options: PushCallOptions = {}): Promise<string[]> {
    if (this.destroyed) throw pomeloError('CHANNEL_DESTROYED', { channel: this.name });
    return this.service.send({ route, body, kind: 'push', hint: options.scheduler }, this.members.all());
  }

  /** Removes every member and ends the channel; its name is free again. */
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    for (const uid of this.members.uids()) this.leave(uid);
    this.service.forget(this);
  }

  /** Removes a session that ended or left; the user leaves with its last session. For the service. */
  removeSession(sessionId: string): boolean {
    const uid = this.service.uidIn(sessionId, this);
    if (uid === undefined) return false;
    this.members.removeSession(uid, sessionId);
    this.service.untrack(sessionId, this);
    return true;
  }

  /** Removes everybody on a server that is gone; for the service. */
  removeServer(sid: string): void {
    this.untrackAll(this.members.removeServer(sid));
  }

  private addSession(session: Session): boolean {
    const { id, uid, frontendId } = session;
    if (uid === undefined || !session.isConnected) return false;
    this.removeSession(id);
    if (!this.members.addSession(uid, frontendId, id)) return true;
    if (this.service.track(session, this, uid)) return true;
    this.members.removeSession(uid, id);
    return false;
  }

  private untrackAll(sessionIds: LeftSessions): void {
    for (const id of sessionIds) this.service.untrack(id, this);
  }
}
