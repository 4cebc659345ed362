import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { refuseOption } from '../options/option-checks.js';
import type { Session } from '../sessions/session.js';
import { RATE_LIMIT_OPTIONS, type ResolvedRateLimitOptions } from './rate-limit.options.js';
import { RateLimits } from './rate-limits.js';

/**
 * Bounds how often somebody shakes hands, by the rules `handshake` of `PomeloRateLimitModule`: in `handshakeGuards` of
 * `PomeloModule`, in front of guards that cost more. The client gets 429.
 */
@Injectable()
export class RateLimitHandshakeGuard implements CanActivate {
  constructor(
    @Inject(RATE_LIMIT_OPTIONS) private readonly options: ResolvedRateLimitOptions,
    private readonly limits: RateLimits,
  ) {
    if (options.handshake.length === 0)
      refuseOption(
        'rateLimit.handshake',
        options.handshake,
        'one rule or more when RateLimitHandshakeGuard is used',
        'For example handshake: [{ points: 10, seconds: 60, per: "ip" }].',
      );
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const session = context.switchToWs().getClient<Session>();
    await this.limits.count(this.options.handshake, 'handshake', session, context, 'handshake');
    return true;
  }
}
