import { Global, Module } from '@nestjs/common';
import {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  RATE_LIMIT_OPTIONS,
  resolveRateLimitOptions,
} from './rate-limit.options.js';
import { RateLimits } from './rate-limits.js';

/**
 * Limits per user, address or route, for the whole application, next to `PomeloModule`: `imports: [PomeloRateLimitModule.forRoot({})]`, then
 * `@RateLimit(…)` on handlers. Needs `rate-limiter-flexible`.
 */
@Global()
@Module({
  providers: [
    { provide: RATE_LIMIT_OPTIONS, useFactory: resolveRateLimitOptions, inject: [MODULE_OPTIONS_TOKEN] },
    RateLimits,
  ],
  exports: [RATE_LIMIT_OPTIONS, RateLimits],
})
export class PomeloRateLimitModule extends ConfigurableModuleClass {}
