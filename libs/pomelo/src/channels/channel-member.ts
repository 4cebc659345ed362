import type { FrontendSession } from '../sessions/frontend-session.js';

/** A member as the application sees it. */
export interface ChannelMember {
  readonly uid: string;
  /** Server that holds the member's connections. */
  readonly sid: string;
}

/** One user of a channel: all of its sessions on a frontend, or the sessions that joined. */
export interface MemberRecord extends ChannelMember {
  /** Sessions that joined by themselves; `undefined` for a member that was added by uid. */
  sessions: Set<FrontendSession> | undefined;
}
