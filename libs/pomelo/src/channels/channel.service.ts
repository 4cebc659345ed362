import { Injectable } from '@nestjs/common';
import { pomeloError } from '../errors/pomelo.exception.js';
import { FrontendSession } from '../sessions/frontend-session.js';
import type { Session } from '../sessions/session.js';
import { SessionService } from '../sessions/session.service.js';
import { Channel, type ChannelKeeper } from './channel.js';
import type { ChannelMember, MemberRecord } from './channel-member.js';
import { FanOut, type PushCallOptions } from './fan-out.js';

/** How {@link ChannelService.broadcast} chooses its receivers. */
export interface BroadcastOptions extends PushCallOptions {
  /** Only sessions with a uid. Default false. */
  readonly bound?: boolean;
  /** Only sessions for which it returns true. */
  readonly filter?: (session: Session) => boolean;
}

/** The channels of this server. Names follow Pomelo's `channelService`. */
@Injectable()
export class ChannelService implements ChannelKeeper {
  private readonly channels = new Map<string, Channel>();
  private readonly joined = new WeakMap<FrontendSession, Set<Channel>>();

  constructor(private readonly sessions: SessionService) {
    sessions.onEnded((session) => this.leaveAll(session));
  }

  /** Makes a channel, or gives the one with this name. */
  createChannel(name: string): Channel {
    const known = this.channels.get(name);
    if (known !== undefined) return known;
    const channel = new Channel(name, this);
    this.channels.set(name, channel);
    return channel;
  }

  /** The channel with this name; with `create` it is made when it is missing. */
  getChannel(name: string, create: true): Channel;
  getChannel(name: string, create?: boolean): Channel | undefined;
  getChannel(name: string, create = false): Channel | undefined {
    return create ? this.createChannel(name) : this.channels.get(name);
  }

  /** Removes a channel and its members. False when there is none with this name. */
  destroyChannel(name: string): boolean {
    const channel = this.channels.get(name);
    channel?.destroy();
    return channel !== undefined;
  }

  /** Number of channels on this server. */
  getChannelsCount(): number {
    return this.channels.size;
  }

  /**
   * Pushes to users that are in no channel together. Resolves to the uids that were not reached; rejects with
   * `EMPTY_UIDS`, or when the body cannot be encoded for some user, which the others do not notice.
   */
  async pushMessageByUids(
    route: string,
    body: unknown,
    members: readonly ChannelMember[],
    options: PushCallOptions = {},
  ): Promise<string[]> {
    if (members.length === 0) throw pomeloError('EMPTY_UIDS');
    const fanOut = new FanOut(route, body, 'push', options);
    const missed = members.filter(({ uid, sid }) => !this.deliver(fanOut, { uid, sid, sessions: undefined }));
    fanOut.finish();
    return missed.map(({ uid }) => uid);
  }

  /**
   * Pushes to every session, once each. Resolves to the number of sessions reached; rejects when the body cannot be
   * encoded for some session, which the others do not notice, or with what `filter` throws.
   */
  async broadcast(
    route: string,
    body: unknown,
    { bound = false, filter, ...options }: BroadcastOptions = {},
  ): Promise<number> {
    const fanOut = new FanOut(route, body, 'broadcast', options);
    let reached = 0;
    for (const session of this.sessions.all()) {
      if (bound && session.uid === undefined) continue;
      if (filter !== undefined && !filter(session.view())) continue;
      if (fanOut.send(session)) reached += 1;
    }
    fanOut.finish();
    return reached;
  }

  /** Delivers to one member; for channels. False when no session of it was reached. */
  deliver(fanOut: FanOut, { uid, sid, sessions }: MemberRecord): boolean {
    if (sid !== this.sessions.frontendId) return false;
    let reached = false;
    for (const session of sessions ?? this.sessions.ofUid(uid) ?? [])
      reached = fanOut.send(session) || reached;
    return reached;
  }

  /** Remembers that a session is in a channel; for channels. */
  track(session: FrontendSession, channel: Channel): void {
    const channels = this.joined.get(session);
    if (channels === undefined) this.joined.set(session, new Set([channel]));
    else channels.add(channel);
  }

  /** A session is in a channel by itself; for channels. */
  isTracked(session: FrontendSession, channel: Channel): boolean {
    return this.joined.get(session)?.has(channel) === true;
  }

  /** Forgets that a session is in a channel; for channels. */
  untrack(session: FrontendSession, channel: Channel): void {
    this.joined.get(session)?.delete(channel);
  }

  /** Frees the name of a channel; for channels. */
  forget(channel: Channel): void {
    if (this.channels.get(channel.name) === channel) this.channels.delete(channel.name);
  }

  private leaveAll(session: FrontendSession): void {
    for (const channel of this.joined.get(session) ?? []) channel.removeSession(session);
  }
}
