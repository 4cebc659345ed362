import type { MemberRecord } from './channel-member.js';
import type { NotReached, Receivers } from './frontend-pushes.js';

/** What one server has to deliver, and for whom. */
export class Parcel implements Receivers {
  readonly uids: string[] = [];
  readonly sessions: string[] = [];
  /** The user of each session. */
  private readonly owners: string[] = [];

  /** Adds all sessions of a user, or the named ones. */
  add(uid: string, sessions: Iterable<string> | undefined): void {
    if (sessions === undefined) {
      this.uids.push(uid);
      return;
    }
    for (const id of sessions) {
      this.sessions.push(id);
      this.owners.push(uid);
    }
  }

  /** The users who got it, in at least one session. */
  reached(missed: Receivers): string[] {
    const [uids, sessions] = [new Set(missed.uids), new Set(missed.sessions)];
    return [
      ...this.uids.filter((uid) => !uids.has(uid)),
      ...this.owners.filter((_uid, index) => !sessions.has(this.sessions[index] ?? '')),
    ];
  }

  /** When the server was not reached at all: nobody, and who has gone is not known. */
  nobody(): NotReached {
    return { uids: this.uids, sessions: this.sessions, gone: [] };
  }
}

/** Sorts members by server: one parcel each. */
export function parcelsFor(members: readonly MemberRecord[]): Map<string, Parcel> {
  const parcels = new Map<string, Parcel>();
  for (const { uid, places } of members) {
    for (const { sid, sessions } of places) {
      let parcel = parcels.get(sid);
      if (parcel === undefined) parcels.set(sid, (parcel = new Parcel()));
      parcel.add(uid, sessions);
    }
  }
  return parcels;
}
