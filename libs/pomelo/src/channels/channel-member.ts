/** A member as the application sees it. */
export interface ChannelMember {
  readonly uid: string;
  /** Server that holds the member's connections. */
  readonly sid: string;
}

/** Where a member is: all of its sessions on a server, or those that joined. */
export interface MemberPlace {
  readonly sid: string;
  /** Ids of the sessions that joined by themselves; `undefined` for a member that was added by uid. */
  readonly sessions: Set<string> | undefined;
}

/** One user of a channel. */
export interface MemberRecord {
  readonly uid: string;
  readonly places: readonly MemberPlace[];
}
