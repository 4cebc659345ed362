import { Injectable } from '@nestjs/common';
import { ChannelService } from '../channels/channel.service.js';
import type { PushCallOptions } from '../channels/push.js';
import type { Session } from '../sessions/session.js';
import { ChannelPolicies } from './channel-policies.js';

/**
 * The channels of this server as clients may use them: what a handler does for a client, when its policy allows it. The
 * server itself asks nobody: it has `ChannelService`.
 */
@Injectable()
export class ChannelAccess {
  constructor(
    private readonly policies: ChannelPolicies,
    private readonly channels: ChannelService,
  ) {}

  /**
   * Adds the session. Resolves to false when it is closed or not bound, or when there is no such channel: clients make
   * none, because nothing would end them. Rejects with `CHANNEL_FORBIDDEN` unless `canJoin` allows it.
   */
  async join(session: Session, channel: string): Promise<boolean> {
    await this.policies.checkJoin(session, channel);
    return this.channels.getChannel(channel)?.add(session) ?? false;
  }

  /** Removes the session, which needs nobody's leave. Resolves to false when it was no member. */
  async leave(session: Session, channel: string): Promise<boolean> {
    return this.channels.getChannel(channel)?.leave(session) ?? false;
  }

  /**
   * Pushes to the members. Resolves to the uids that were not reached, as `Channel.pushMessage`, and to none when there is
   * no such channel; rejects with `CHANNEL_FORBIDDEN` unless `canPublish` allows it.
   */
  async publish(
    session: Session,
    channel: string,
    route: string,
    body: unknown,
    options?: PushCallOptions,
  ): Promise<string[]> {
    await this.policies.checkPublish(session, channel, route, body);
    return this.channels.getChannel(channel)?.pushMessage(route, body, options) ?? [];
  }
}
