import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { RateLimiterAbstract, RateLimiterCompatibleAbstract } from 'rate-limiter-flexible';
import {
  checkArray,
  checkInteger,
  checkOptional,
  checkRecord,
  refuseUnknown,
} from '../options/option-checks.js';
import { checkRules, type RateLimitRule } from './rate-limit-rule.js';

/** A limiter of `rate-limiter-flexible`. */
export type RateLimiter = RateLimiterAbstract | RateLimiterCompatibleAbstract;

/** A rule in the words of `rate-limiter-flexible`. */
export interface LimiterSettings {
  readonly keyPrefix: string;
  readonly points: number;
  /** In seconds. */
  readonly duration: number;
  /** In seconds. */
  readonly blockDuration: number;
}

/** Options of `PomeloRateLimitModule`. */
export interface RateLimitOptions {
  /**
   * Makes the limiter of a rule. Default one in this process, `RateLimiterMemory`.
   *
   * @example limiter: (settings) => new RateLimiterRedis({ ...settings, storeClient: redis })
   */
  readonly limiter?: (settings: LimiterSettings) => RateLimiter;
  /** Rules of the handshake, for `RateLimitHandshakeGuard`. */
  readonly handshake?: readonly RateLimitRule[];
  /** Milliseconds after which a store is given up. Default 2000. */
  readonly timeoutMs?: number;
}

/** The boilerplate of `forRoot` and `forRootAsync`. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<RateLimitOptions>({ moduleName: 'PomeloRateLimit' })
    .setClassMethodName('forRoot')
    .build();

/** Injection token of the checked options. */
export const RATE_LIMIT_OPTIONS = Symbol('RATE_LIMIT_OPTIONS');

/** The options with their defaults. */
export interface ResolvedRateLimitOptions extends Pick<RateLimitOptions, 'limiter'> {
  readonly handshake: readonly RateLimitRule[];
  readonly timeoutMs: number;
}

/** Checks the options and fills in the defaults. Throws `OPTION_INVALID`. */
export function resolveRateLimitOptions(given: RateLimitOptions): ResolvedRateLimitOptions {
  const options = checkRecord('PomeloRateLimitModule.forRoot()', given);
  refuseUnknown(options, ['limiter', 'handshake', 'timeoutMs'], 'rateLimit.');
  const { limiter, timeoutMs = 2_000 } = options;
  checkOptional('rateLimit.limiter', limiter, 'function');
  const handshake = checkArray('rateLimit.handshake', options.handshake);
  if (options.handshake !== undefined) checkRules('rateLimit.handshake', handshake);
  return {
    ...(limiter === undefined ? {} : { limiter }),
    handshake,
    timeoutMs: checkInteger('rateLimit.timeoutMs', timeoutMs, 1, 60_000),
  };
}
