import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { reportReject } from '../diagnostics.js';
import { pomeloError } from '../errors/pomelo.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import type { Session } from '../sessions/session.js';
import { isUid } from '../sessions/uid.js';
import { transportOfView } from '../sessions/view-transport.js';
import type { ChannelRules } from './channel-rules.interface.js';
import { PolicyExplorer } from './policy-explorer.js';

/** The policies of this application. A channel without one is closed to clients. */
@Injectable()
export class ChannelPolicies implements OnModuleInit {
  private readonly exact = new Map<string, ChannelRules>();
  /** What names begin with, the longest first. */
  private beginnings: readonly (readonly [beginning: string, rules: ChannelRules])[] = [];

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly explorer: PolicyExplorer,
  ) {}

  onModuleInit(): void {
    const beginnings: (readonly [string, ChannelRules])[] = [];
    for (const { pattern, rules } of this.explorer.explore()) {
      if (pattern.endsWith('*')) beginnings.push([pattern.slice(0, -1), rules]);
      else this.exact.set(pattern, rules);
    }
    this.beginnings = beginnings.toSorted(([a], [b]) => b.length - a.length);
  }

  /** Rejects with `CHANNEL_FORBIDDEN` unless a policy lets the session join. */
  async checkJoin(session: Session, channel: string): Promise<void> {
    const rules = this.rulesOf(channel);
    if ((await rules?.canJoin?.(session, channel)) !== true) throw this.forbidden('join', session, channel);
  }

  /** Rejects with `CHANNEL_FORBIDDEN` unless a policy lets the session publish. */
  async checkPublish(session: Session, channel: string, route: string, body: unknown): Promise<void> {
    const rules = this.rulesOf(channel);
    if ((await rules?.canPublish?.(session, channel, route, body)) !== true)
      throw this.forbidden('publish in', session, channel);
  }

  /** A name that came from a client may be anything. */
  private rulesOf(channel: unknown): ChannelRules | undefined {
    // The same characters as in a uid: none that could forge a line of a log.
    if (!isUid(channel, this.options.limits.channelNameLength)) return undefined;
    return this.exact.get(channel) ?? this.beginnings.find(([start]) => channel.startsWith(start))?.[1];
  }

  private forbidden(what: string, session: Session, channel: unknown): Error {
    reportReject('session', 'channel_denied', transportOfView(session));
    return pomeloError('CHANNEL_FORBIDDEN', { session: session.id, what, channel });
  }
}
