import { Injectable } from '@nestjs/common';
import type { FrontendSession } from '../sessions/frontend-session.js';
import { SessionService } from '../sessions/session.service.js';

/** The sessions of this server that are in cluster-wide channels. They leave when they end. */
@Injectable()
export class ResidentGroups {
  /** The sessions of each channel, each with the user as whom it joined. */
  private readonly groups = new Map<string, Map<FrontendSession, string>>();
  private readonly joined = new Map<FrontendSession, Set<string>>();

  constructor(sessions: SessionService) {
    sessions.onEnded((session) => {
      for (const name of this.joined.get(session) ?? []) this.remove(name, session);
    });
  }

  /** Adds a session; false when it has ended or has no uid. */
  add(name: string, session: FrontendSession): boolean {
    const { uid } = session;
    if (uid === undefined || !session.isConnected) return false;
    const group = this.groups.get(name) ?? new Map<FrontendSession, string>();
    this.groups.set(name, group.set(session, uid));
    const names = this.joined.get(session) ?? new Set<string>();
    this.joined.set(session, names.add(name));
    return true;
  }

  /** Removes a session; false when it is not in it. */
  remove(name: string, session: FrontendSession): boolean {
    const group = this.groups.get(name);
    if (group?.delete(session) !== true) return false;
    if (group.size === 0) this.groups.delete(name);
    const names = this.joined.get(session);
    names?.delete(name);
    if (names?.size === 0) this.joined.delete(session);
    return true;
  }

  /** Removes all sessions of a user; false when there are none. */
  removeUser(name: string, uid: string): boolean {
    const removed = [...(this.groups.get(name) ?? [])].filter(([, joinedAs]) => joinedAs === uid);
    for (const [session] of removed) this.remove(name, session);
    return removed.length > 0;
  }

  /** Removes all. */
  clear(name: string): void {
    for (const session of this.sessionsOf(name)) this.remove(name, session);
  }

  /** The sessions of a channel. */
  sessionsOf(name: string): FrontendSession[] {
    return [...(this.groups.get(name)?.keys() ?? [])];
  }

  /** The users of a channel, each once. */
  uidsOf(name: string): string[] {
    return [...new Set(this.groups.get(name)?.values())];
  }
}
