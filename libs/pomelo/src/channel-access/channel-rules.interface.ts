import type { Session } from '../sessions/session.js';

/** Decides what clients may do with channels. A method that is missing allows nothing; one that throws refuses with that error. */
export interface ChannelRules {
  /** The user of this session may be in the channel, and get what is pushed to it. */
  canJoin?(session: Session, channel: string): boolean | Promise<boolean>;
  /** The user of this session may push this to the members of the channel, whether it is one of them or not. */
  canPublish?(session: Session, channel: string, route: string, body: unknown): boolean | Promise<boolean>;
}
