import { Inject, Injectable } from '@nestjs/common';
import { SessionDirectory } from '../backend/session-directory.js';
import { ServerRegistry } from '../cluster/server-registry.js';
import { pomeloError } from '../errors/pomelo.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import type { Session } from '../sessions/session.js';
import { SessionService } from '../sessions/session.service.js';
import { Channel, type ChannelKeeper } from './channel.js';
import type { ChannelOptions } from './channel-options.js';
import type { ChannelMember, MemberRecord } from './channel-member.js';
import { FrontendMulticast } from './frontend-multicast.js';
import { BROADCAST, FrontendPushes, type SessionFilter } from './frontend-pushes.js';
import { ChannelHistory } from './history/channel-history.js';
import { JoinedSessions } from './joined-sessions.js';
import { encodePush, pushOf, type Push, type PushCallOptions } from './push.js';
import { PushSender } from './push-sender.js';
import { WatchedSessions } from './watched-sessions.js';

/** How {@link ChannelService.broadcast} chooses its receivers. */
export interface BroadcastOptions extends PushCallOptions, Pick<SessionFilter, 'bound'> {}

/** How {@link ChannelService.broadcastHere} chooses its receivers. */
export interface LocalBroadcastOptions extends PushCallOptions, SessionFilter {}

/** The channels of this server, with members on any server. Names follow Pomelo's `channelService`. */
@Injectable()
export class ChannelService implements ChannelKeeper {
  private readonly channels = new Map<string, Channel>();
  private readonly joined = new JoinedSessions();

  constructor(
    private readonly sessions: SessionService,
    private readonly local: FrontendPushes,
    private readonly sender: PushSender,
    private readonly watched: WatchedSessions,
    private readonly multicast: FrontendMulticast,
    private readonly directory: SessionDirectory,
    registry: ServerRegistry,
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    sessions.onEnded(({ id }) => this.leaveAll(id));
    watched.listen((id) => this.leaveAll(id));
    registry.on('leave', ({ id }) => {
      for (const channel of this.channels.values()) channel.removeServer(id);
    });
  }

  /** Makes a channel, or gives the one with this name, as it is. Throws `OPTION_INVALID`. */
  createChannel(name: string, { history, presence = false }: ChannelOptions = {}): Channel {
    const known = this.channels.get(name);
    if (known !== undefined) return known;
    const { historyBytes } = this.options.limits;
    const kept = history === undefined ? undefined : new ChannelHistory(history, historyBytes);
    const channel = new Channel(name, this, presence, kept);
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
   * Pushes to users that are in no channel together, on any server: by uid and server, or by uid alone, which
   * {@link SessionDirectory} looks up. Resolves to the uids that were not reached, as {@link Channel.pushMessage}; rejects
   * with `EMPTY_UIDS`, with `BINDING_FAILED` when nobody can be asked where users are, or when the body cannot be encoded
   * for some user, which the others do not notice.
   */
  async pushMessageByUids(
    route: string,
    body: unknown,
    members: readonly (ChannelMember | string)[],
    options?: PushCallOptions,
  ): Promise<string[]> {
    if (members.length === 0) throw pomeloError('EMPTY_UIDS');
    // A deadline begins with the call.
    const push = pushOf(route, body, 'push', options);
    const unknown = members.filter((member) => typeof member === 'string');
    // Without an await when there is nobody to look for: the push leaves before the method returns.
    const places = unknown.length === 0 ? [] : await this.directory.whereAre(unknown);
    const found = new Map(unknown.map((uid, index) => [uid, places[index] ?? []]));
    const records = members.map((member) => {
      if (typeof member !== 'string') return recordOf(member.uid, [member.sid]);
      return recordOf(member, new Set(found.get(member)?.map(({ frontendId }) => frontendId)));
    });
    return this.send(push, records);
  }

  /**
   * Pushes to every session of every frontend of a server type, once each. Resolves to the number of frontends that it
   * was sent to; what other servers did with it nobody knows. Rejects when the body cannot travel, or not be encoded for
   * some session of this server, which the others do not notice.
   */
  async broadcast(
    type: string,
    route: string,
    body: unknown,
    { bound = false, ...options }: BroadcastOptions = {},
  ): Promise<number> {
    const push = pushOf(route, body, 'broadcast', options);
    const isHere = this.multicast.isHere(type);
    const here = isHere ? this.local.toAll(push, { bound }) : undefined;
    const elsewhere = this.multicast.toType(type, BROADCAST, () => [encodePush(push), bound]);
    const [others] = await Promise.all([elsewhere, here]);
    return others + Number(isHere);
  }

  /**
   * Pushes to every session of this server, once each. Resolves to the number of sessions reached; rejects when the body
   * cannot be encoded for some session, which the others do not notice, or with what `filter` throws.
   */
  async broadcastHere(route: string, body: unknown, options: LocalBroadcastOptions = {}): Promise<number> {
    return this.local.toAll(pushOf(route, body, 'broadcast', options), options);
  }

  /** Sends to members; for channels. */
  async send(push: Push, members: readonly MemberRecord[]): Promise<string[]> {
    const { missed, gone } = await this.sender.send(push, members);
    for (const sessionId of gone) this.leaveAll(sessionId);
    return missed;
  }

  /** Remembers that a session is in a channel; for channels. False when it has ended. */
  track({ id, frontendId }: Session, channel: Channel, uid: string): boolean {
    if (frontendId !== this.sessions.frontendId && !this.watched.watch(frontendId, id)) return false;
    this.joined.add(id, frontendId, channel, uid);
    return true;
  }

  /** Forgets that a session is in a channel; for channels. */
  untrack(sessionId: string, channel: Channel): void {
    const frontendId = this.joined.remove(sessionId, channel);
    if (frontendId !== undefined) this.watched.forget(frontendId, sessionId);
  }

  /** As whom a session is in a channel; for channels. */
  uidIn(sessionId: string, channel: Channel): string | undefined {
    return this.joined.uidIn(sessionId, channel);
  }

  /** Frees the name of a channel; for channels. */
  forget(channel: Channel): void {
    if (this.channels.get(channel.name) === channel) this.channels.delete(channel.name);
  }

  private leaveAll(sessionId: string): void {
    for (const channel of this.joined.channelsOf(sessionId)) channel.removeSession(sessionId);
  }
}

function recordOf(uid: string, servers: Iterable<string>): MemberRecord {
  return { uid, places: Array.from(servers, (sid) => ({ sid, sessions: undefined })) };
}
