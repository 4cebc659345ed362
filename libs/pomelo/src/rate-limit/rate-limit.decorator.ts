import { UseGuards } from '@nestjs/common';
import { checkRules, type RateLimitRule } from './rate-limit-rule.js';
import { rateLimitGuard } from './rate-limit.guard.js';

/**
 * Bounds how often a handler is called, or all handlers of a class together. Who asks more often gets 429 with
 * `retryAfterMs`, and the handler does not run. Needs `PomeloRateLimitModule`.
 *
 * @example \@RateLimit({ points: 5, seconds: 10 }) \@Handler('say') say() { … }
 * @throws PomeloConfigException `OPTION_INVALID` for a rule that cannot be.
 */
export const RateLimit = (...rules: readonly RateLimitRule[]): ClassDecorator & MethodDecorator => {
  checkRules('@RateLimit()', rules);
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (descriptor === undefined) UseGuards(rateLimitGuard(rules, 'class'))(target as never);
    else UseGuards(rateLimitGuard(rules, 'handler'))(target, key ?? '', descriptor);
  };
};
