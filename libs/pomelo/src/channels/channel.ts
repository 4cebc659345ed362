import { pomeloError } from '../errors/pomelo.exception.js';
import { FrontendSession } from '../sessions/frontend-session.js';
import type { Session } from '../sessions/session.js';
import type { ChannelMember, MemberRecord } from './channel-member.js';
import { FanOut, type PushCallOptions } from './fan-out.js';

/** What a channel needs of the service that made it. */
export interface ChannelKeeper {
  /** Delivers to one member; false when no session of it was reached. */
  deliver(fanOut: FanOut, member: MemberRecord): boolean;
  /** A session joined this channel, and leaves it when it closes. */
  track(session: FrontendSession, channel: Channel): void;
  untrack(session: FrontendSession, channel: Channel): void;
  /** The session joined this channel and has not left it. */
  isTracked(session: FrontendSession, channel: Channel): boolean;
  /** The channel was destroyed. */
  forget(channel: Channel): void;
}

/**
 * A named group of users that get the same pushes. It lives on the server that made it, as in Pomelo; a user is in it
 * once, however often it is added.
 */
export class Channel {
  private readonly members = new Map<string, MemberRecord>();
  private destroyed = false;

  constructor(
    readonly name: string,
    private readonly service: ChannelKeeper,
  ) {}

  /**
   * Adds a session, which leaves by itself when it closes; or a uid with the server that holds it, which stays until
   * `leave`. False when the channel is destroyed, the session is closed or not bound, or `sid` is missing.
   */
  add(session: Session): boolean;
  add(uid: string, sid: string): boolean;
  add(sessionOrUid: Session | string, sid?: string): boolean {
    if (this.destroyed) return false;
    if (typeof sessionOrUid !== 'string') return this.addSession(sessionOrUid);
    if (sid === undefined || sid === '') return false;
    this.members.set(sessionOrUid, { uid: sessionOrUid, sid, sessions: undefined });
    return true;
  }

  /** Removes a user, or one session of it. False when it was no member. */
  leave(session: Session): boolean;
  leave(uid: string, sid?: string): boolean;
  leave(sessionOrUid: Session | string, sid?: string): boolean {
    if (typeof sessionOrUid !== 'string') {
      return sessionOrUid.home instanceof FrontendSession && this.removeSession(sessionOrUid.home);
    }
    const member = this.members.get(sessionOrUid);
    if (member === undefined || (sid !== undefined && member.sid !== sid)) return false;
    for (const session of member.sessions ?? []) this.service.untrack(session, this);
    return this.members.delete(sessionOrUid);
  }

  /** The uids of all members. */
  getMembers(): string[] {
    return [...this.members.keys()];
  }

  /** One member; `undefined` when the user is not in the channel. */
  getMember(uid: string): ChannelMember | undefined {
    const member = this.members.get(uid);
    return member === undefined ? undefined : { uid: member.uid, sid: member.sid };
  }

  /** Number of members. */
  getUserAmount(): number {
    return this.members.size;
  }

  /**
   * Pushes to every member. Resolves to the uids that were not reached; rejects with `CHANNEL_DESTROYED`, or when the
   * body cannot be encoded for some member, which the others do not notice.
   */
  async pushMessage(route: string, body: unknown, options: PushCallOptions = {}): Promise<string[]> {
    if (this.destroyed) throw pomeloError('CHANNEL_DESTROYED', { channel: this.name });
    const fanOut = new FanOut(route, body, 'push', options);
    const missed: string[] = [];
    for (const member of this.members.values()) {
      if (!this.service.deliver(fanOut, member)) missed.push(member.uid);
    }
    fanOut.finish();
    return missed;
  }

  /** Removes every member and ends the channel; its name is free again. */
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    for (const uid of this.members.keys()) this.leave(uid);
    this.service.forget(this);
  }

  /** Removes a session that closed or left; the user leaves with its last session. */
  removeSession(session: FrontendSession): boolean {
    const own = session.uid === undefined ? undefined : this.members.get(session.uid);
    if (own !== undefined && this.removeFrom(own, session)) return true;
    // Bound anew since it joined: only a search finds it.
    for (const member of this.members.values()) if (this.removeFrom(member, session)) return true;
    return false;
  }

  private removeFrom({ uid, sessions }: MemberRecord, session: FrontendSession): boolean {
    if (sessions?.delete(session) !== true) return false;
    this.service.untrack(session, this);
    if (sessions.size === 0) this.members.delete(uid);
    return true;
  }

  private addSession({ home, uid, frontendId }: Session): boolean {
    if (uid === undefined || !home.isConnected || !(home instanceof FrontendSession)) return false;
    if (this.service.isTracked(home, this)) this.removeSession(home);
    const known = this.members.get(uid);
    if (known !== undefined && known.sessions === undefined) return true;
    const sessions = known?.sessions ?? new Set();
    sessions.add(home);
    if (known === undefined) this.members.set(uid, { uid, sid: frontendId, sessions });
    this.service.track(home, this);
    return true;
  }
}
