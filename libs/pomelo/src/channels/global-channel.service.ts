import { Injectable } from '@nestjs/common';
import { SessionDirectory } from '../backend/session-directory.js';
import type { CallOptions } from '../remotes/remote-client.js';
import { RpcService } from '../remotes/rpc.service.js';
import { FrontendSession } from '../sessions/frontend-session.js';
import type { Session } from '../sessions/session.js';
import type { ChannelMember } from './channel-member.js';
import { GlobalHistory } from './history/global-history.js';
import type { HistoryAnswer, HistoryOptions, HistoryPosition } from './history/history.interface.js';
import { FrontendMulticast } from './frontend-multicast.js';
import { encodePush, pushOf, type Push, type PushCallOptions } from './push.js';
import { ResidentGroups } from './resident-groups.js';
import { GLOBAL, ResidentMethods } from './resident-methods.js';

/** Who is in a cluster-wide channel, as far as the frontends said. */
export interface GlobalMembers {
  /** A user who has sessions on two frontends is in it twice. */
  readonly members: readonly ChannelMember[];
  /** Frontends that did not say who of theirs is in it; empty when nobody is missing. */
  readonly unreachable: readonly string[];
}

/** How many users are in a cluster-wide channel, as far as the frontends said. */
export interface GlobalCount {
  /** A user who has sessions on two frontends counts twice. */
  readonly users: number;
  /** As in {@link GlobalMembers}. */
  readonly unreachable: readonly string[];
}

/** A message of a cluster-wide channel with a history: its place there. */
export interface GlobalPublication extends HistoryPosition {
  /** Frontends that it was sent to, as {@link GlobalChannelService.pushMessage} gives. */
  readonly frontends: number;
}

/**
 * Channels of the whole cluster, by name: every frontend keeps its own members, so no server owns a channel, and nothing
 * is lost when another one ends. A channel is there as long as somebody is in it. Names follow Pomelo's
 * `globalChannelService`.
 */
@Injectable()
export class GlobalChannelService {
  constructor(
    private readonly groups: ResidentGroups,
    private readonly here: ResidentMethods,
    private readonly multicast: FrontendMulticast,
    private readonly directory: SessionDirectory,
    private readonly rpc: RpcService,
    private readonly histories: GlobalHistory,
  ) {}

  /**
   * Adds a session, which leaves by itself when it closes; or the sessions that a user has now, on one server or, without
   * `sid`, on all. Resolves to false when there is no such session, or it is not bound; rejects when its server, or the
   * store of bindings, cannot be asked.
   */
  async add(channel: string, session: Session): Promise<boolean>;
  async add(channel: string, uid: string, sid?: string): Promise<boolean>;
  async add(channel: string, who: Session | string, sid?: string): Promise<boolean> {
    if (typeof who === 'string') return this.ofUser(GLOBAL.addUid, channel, who, sid);
    const { home } = who;
    if (home instanceof FrontendSession) return this.groups.add(channel, home);
    return (await this.rpc.call(home.frontendId, GLOBAL.add, [channel, home.id])) as boolean;
  }

  /** Removes a session, or those of a user, as {@link add}. Resolves to false when none was in it. */
  async leave(channel: string, session: Session): Promise<boolean>;
  async leave(channel: string, uid: string, sid?: string): Promise<boolean>;
  async leave(channel: string, who: Session | string, sid?: string): Promise<boolean> {
    if (typeof who === 'string') return this.ofUser(GLOBAL.leaveUid, channel, who, sid);
    const { home } = who;
    if (home instanceof FrontendSession) return this.groups.remove(channel, home);
    return (await this.rpc.call(home.frontendId, GLOBAL.leave, [channel, home.id])) as boolean;
  }

  /**
   * Pushes to every member, in one message for each type of frontend. Resolves to the number of frontends that it was
   * sent to, whether they have members or not; whom they reached nobody knows. Rejects when the body cannot travel, or
   * not be encoded for some member on this server, which the others do not notice.
   */
  async pushMessage(
    channel: string,
    route: string,
    body: unknown,
    options?: PushCallOptions,
  ): Promise<number> {
    return this.send(channel, pushOf(route, body, 'push', options));
  }

  /**
   * Keeps a message in the history of a channel, then pushes it as {@link pushMessage}. Resolves to its place. What one server
   * publishes is pushed in the order of the calls. Rejects with `HISTORY_WITHOUT_STORE` or `HISTORY_FAILED`: then nothing
   * is pushed, and nobody knows whether it was kept.
   */
  async publish(
    channel: string,
    route: string,
    body: unknown,
    history: HistoryOptions,
  ): Promise<GlobalPublication> {
    const { push, position } = await this.histories.record(channel, pushOf(route, body, 'push'), history);
    return { ...position, frontends: await this.send(channel, push) };
  }

  /**
   * Adds a session as {@link add}, and gives what it has missed since `since`, or the last messages without it. Nothing is
   * missing; what is published meanwhile may be in the answer and be pushed as well, which its stamp tells. Resolves to
   * `undefined` when `add` would give false. Rejects as {@link add} and {@link since}.
   */
  async join(
    channel: string,
    session: Session,
    { since }: { readonly since?: HistoryPosition | undefined } = {},
  ): Promise<HistoryAnswer | undefined> {
    return (await this.add(channel, session)) ? this.histories.since(channel, since) : undefined;
  }

  /** What was published after a position, or the last messages without one. Rejects with `HISTORY_WITHOUT_STORE` or `HISTORY_FAILED`. */
  async since(channel: string, position?: HistoryPosition): Promise<HistoryAnswer> {
    return this.histories.since(channel, position);
  }

  /** Forgets what was published to a channel. Its members stay. Rejects as {@link since}. */
  async forgetHistory(channel: string): Promise<void> {
    await this.histories.remove(channel);
  }

  private async send(channel: string, push: Push): Promise<number> {
    const here = this.here.push(channel, push);
    const elsewhere = this.multicast.toAll(GLOBAL.push, () => [channel, encodePush(push)]);
    const [others] = await Promise.all([elsewhere, here]);
    return others + Number(this.multicast.isFrontend);
  }

  /** Asks all frontends who is in a channel. */
  async getMembersByChannelName(channel: string, options?: CallOptions): Promise<GlobalMembers> {
    const asked = await this.multicast.ask<readonly string[]>(GLOBAL.members, [channel], options);
    const members = Array.from(asked.answers, ([sid, uids]) => uids.map((uid) => ({ uid, sid })));
    return { members: members.flat(), unreachable: asked.unreachable };
  }

  /** Asks one frontend who of its users is in a channel. Rejects when it cannot be asked. */
  async getMembersBySid(channel: string, sid: string, options?: CallOptions): Promise<string[]> {
    return (await this.rpc.call(sid, GLOBAL.members, [channel], options)) as string[];
  }

  /** Asks all frontends how many users are in a channel. */
  async count(channel: string, options?: CallOptions): Promise<GlobalCount> {
    const { answers, unreachable } = await this.multicast.ask<number>(GLOBAL.count, [channel], options);
    return { users: [...answers.values()].reduce((sum, users) => sum + users, 0), unreachable };
  }

  /** Removes everybody from a channel. Resolves to the frontends that did not say that they did; empty when all did. */
  async destroyChannel(channel: string, options?: CallOptions): Promise<string[]> {
    const { unreachable } = await this.multicast.ask<void>(GLOBAL.destroy, [channel], options);
    return unreachable;
  }

  private async ofUser(
    method: string,
    channel: string,
    uid: string,
    sid: string | undefined,
  ): Promise<boolean> {
    const places = sid === undefined ? await this.directory.whereIs(uid) : [{ frontendId: sid }];
    const frontends = new Set(places.map(({ frontendId }) => frontendId));
    const answers = await Promise.all([...frontends].map((id) => this.rpc.call(id, method, [channel, uid])));
    return answers.includes(true);
  }
}
