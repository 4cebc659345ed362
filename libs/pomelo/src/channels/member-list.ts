import type { ChannelMember, MemberPlace, MemberRecord } from './channel-member.js';

/** Ids of sessions that joined by themselves and are in it no more. */
export type LeftSessions = Iterable<string>;

const NOBODY: LeftSessions = [];

/** The members of one channel: each user once, with every place where it is. */
export class MemberList {
  private readonly records = new Map<string, MemberPlace[]>();

  get size(): number {
    return this.records.size;
  }

  /** In the order in which they joined. */
  uids(): string[] {
    return [...this.records.keys()];
  }

  /** Every member with its places; valid until the next change. */
  all(): MemberRecord[] {
    return Array.from(this.records, ([uid, places]) => ({ uid, places }));
  }

  has(uid: string): boolean {
    return this.records.has(uid);
  }

  /** A member, and the first of its places. */
  get(uid: string): ChannelMember | undefined {
    const place = this.records.get(uid)?.[0];
    return place === undefined ? undefined : { uid, sid: place.sid };
  }

  /** Adds all sessions of a user on one server; a user that was added so on another one has moved. */
  addUser(uid: string, sid: string): LeftSessions {
    const places = this.records.get(uid) ?? [];
    const left = places.find((place) => place.sid === sid)?.sessions ?? NOBODY;
    const others = places.filter((place) => place.sid !== sid && place.sessions !== undefined);
    this.records.set(uid, [...others, { sid, sessions: undefined }]);
    return left;
  }

  /** Adds one session of a user; false when the user is in it with all sessions there. */
  addSession(uid: string, sid: string, sessionId: string): boolean {
    const places = this.records.get(uid) ?? [];
    const place = places.find((candidate) => candidate.sid === sid);
    if (place !== undefined && place.sessions === undefined) return false;
    if (place?.sessions === undefined)
      this.records.set(uid, [...places, { sid, sessions: new Set([sessionId]) }]);
    else place.sessions.add(sessionId);
    return true;
  }

  /** Removes one session of a user, who leaves with the last. */
  removeSession(uid: string, sessionId: string): void {
    const places = this.records.get(uid) ?? [];
    const emptied = places.filter(
      ({ sessions }) => sessions?.delete(sessionId) === true && sessions.size === 0,
    );
    if (emptied.length > 0)
      this.keep(
        uid,
        places.filter((place) => !emptied.includes(place)),
      );
  }

  /** Removes a user, or its place on one server; `undefined` when it is not there. */
  removeUser(uid: string, sid?: string): LeftSessions | undefined {
    const places = this.records.get(uid) ?? [];
    const removed = places.filter((place) => sid === undefined || place.sid === sid);
    if (removed.length === 0) return undefined;
    this.keep(
      uid,
      places.filter((place) => !removed.includes(place)),
    );
    return removed.flatMap(({ sessions = NOBODY }) => [...sessions]);
  }

  /** Removes everybody on a server. */
  removeServer(sid: string): string[] {
    return this.uids().flatMap((uid) => [...(this.removeUser(uid, sid) ?? NOBODY)]);
  }

  private keep(uid: string, places: MemberPlace[]): void {
    if (places.length === 0) this.records.delete(uid);
    else this.records.set(uid, places);
  }
}
