/** How members hear of each other. */
export interface PresenceOptions {
  /** Route of the pushes. Default `onPresence`. */
  readonly route?: string;
  /** Time for which changes are collected before they are pushed, in ms. Default 100. */
  readonly intervalMs?: number;
}

/** The body of the pushes of {@link PresenceOptions}: who came and went since the one before. */
export interface PresenceNews {
  /** Uids, at most 200. Who has left again meanwhile is not among them. */
  readonly joined: readonly string[];
  /** Uids, at most 200. Who is back already is not among them. */
  readonly left: readonly string[];
  /** Number of members now. */
  readonly count: number;
  /** Those who came and went beyond the named ones; absent when all are named. */
  readonly more?: number;
}

/** A user came into a channel, or left it. */
export interface PresenceEvent {
  readonly type: 'join' | 'leave';
  readonly uid: string;
  /** Number of members now. */
  readonly count: number;
}

/** Hears of users who come and go, at once. */
export type PresenceListener = (event: PresenceEvent) => void;
