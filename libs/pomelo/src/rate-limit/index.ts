export { RateLimitHandshakeGuard } from './rate-limit-handshake.guard.js';
export type { RateLimitKey, RateLimitRule } from './rate-limit-rule.js';
export { RateLimit } from './rate-limit.decorator.js';
export { PomeloRateLimitModule } from './rate-limit.module.js';
export type { LimiterSettings, RateLimiter, RateLimitOptions } from './rate-limit.options.js';
