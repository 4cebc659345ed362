import { Injectable } from '@nestjs/common';
import { GlobalChannelService } from '../channels/global-channel.service.js';
import type { PushCallOptions } from '../channels/push.js';
import type { Session } from '../sessions/session.js';
import { ChannelPolicies } from './channel-policies.js';

/** The channels of the whole cluster as clients may use them; as `ChannelAccess`, by the same policies. */
@Injectable()
export class GlobalChannelAccess {
  constructor(
    private readonly policies: ChannelPolicies,
    private readonly channels: GlobalChannelService,
  ) {}

  /**
   * Adds the session. Resolves to false when it is closed or not bound; rejects with `CHANNEL_FORBIDDEN` unless `canJoin`
   * allows it.
   */
  async join(session: Session, channel: string): Promise<boolean> {
    await this.policies.checkJoin(session, channel);
    return this.channels.add(channel, session);
  }

  /** Removes the session, which needs nobody's leave. Resolves to false when it was no member. */
  async leave(session: Session, channel: string): Promise<boolean> {
    return this.channels.leave(channel, session);
  }

  /**
   * Pushes to the members. Resolves as `GlobalChannelService.pushMessage`; rejects with `CHANNEL_FORBIDDEN` unless
   * `canPublish` allows it.
   */
  async publish(
    session: Session,
    channel: string,
    route: string,
    body: unknown,
    options?: PushCallOptions,
  ): Promise<number> {
    await this.policies.checkPublish(session, channel, route, body);
    return this.channels.pushMessage(channel, route, body, options);
  }
}
