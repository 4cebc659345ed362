import type { Channel } from './channel.js';

interface JoinedSession {
  readonly frontendId: string;
  /** The channels that it is in, each with the user as whom it joined. */
  readonly channels: Map<Channel, string>;
}

/** Which sessions are in which channels by themselves. */
export class JoinedSessions {
  private readonly joined = new Map<string, JoinedSession>();

  /** Adds a channel of a session. */
  add(sessionId: string, frontendId: string, channel: Channel, uid: string): void {
    const known = this.joined.get(sessionId);
    if (known === undefined) this.joined.set(sessionId, { frontendId, channels: new Map([[channel, uid]]) });
    else known.channels.set(channel, uid);
  }

  /** As whom a session is in a channel; `undefined` when it is not. */
  uidIn(sessionId: string, channel: Channel): string | undefined {
    return this.joined.get(sessionId)?.channels.get(channel);
  }

  /** The channels of a session. */
  channelsOf(sessionId: string): Channel[] {
    return [...(this.joined.get(sessionId)?.channels.keys() ?? [])];
  }

  /** Removes a channel of a session; gives its frontend when that was the last one. */
  remove(sessionId: string, channel: Channel): string | undefined {
    const session = this.joined.get(sessionId);
    if (session?.channels.delete(channel) !== true || session.channels.size > 0) return undefined;
    this.joined.delete(sessionId);
    return session.frontendId;
  }
}
