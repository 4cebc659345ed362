import { Injectable, mixin, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import type { Session } from '../sessions/session.js';
import type { RateLimitRule } from './rate-limit-rule.js';
import { RateLimits } from './rate-limits.js';

/** Makes the guard of rules that are written on a class, whose handlers count together, or on one handler. */
export function rateLimitGuard(
  rules: readonly RateLimitRule[],
  writtenOn: 'class' | 'handler',
): Type<CanActivate> {
  @Injectable()
  class RateLimitGuard implements CanActivate {
    constructor(private readonly limits: RateLimits) {}

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const messages = context.switchToWs();
      const place = writtenOn === 'class' ? context.getClass().name : messages.getPattern();
      await this.limits.count(rules, place, messages.getClient<Session>(), context, 'handler');
      return true;
    }
  }
  return mixin(RateLimitGuard);
}
