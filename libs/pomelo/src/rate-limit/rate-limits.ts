import { Inject, Injectable, Logger, type ExecutionContext } from '@nestjs/common';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { reportReject, type RejectLayer } from '../diagnostics.js';
import { describeError } from '../errors/describe-error.js';
import { errorText, ERROR_TABLE } from '../errors/error-table.js';
import { OutageLog } from '../errors/outage-log.js';
import { pomeloError, PomeloException } from '../errors/pomelo.exception.js';
import type { Session } from '../sessions/session.js';
import { transportOfView } from '../sessions/view-transport.js';
import { withinTime } from '../timing/within-time.js';
import { keyOf } from './rate-limit-key.js';
import type { RateLimitRule } from './rate-limit-rule.js';
import { RATE_LIMIT_OPTIONS, type RateLimiter, type ResolvedRateLimitOptions } from './rate-limit.options.js';

/** Counts by the rules of this application: one limiter a rule. */
@Injectable()
export class RateLimits {
  private readonly outage = new OutageLog(new Logger('Pomelo'), 'The store of the rate limits');
  private readonly limiters = new Map<RateLimitRule, Map<string, RateLimiter>>();

  constructor(@Inject(RATE_LIMIT_OPTIONS) private readonly options: ResolvedRateLimitOptions) {}

  /**
   * Counts a message, or a handshake, by each rule in their order. Rejects with `TOO_MANY_REQUESTS`, which says in its data
   * when to try again (`retryAfterMs`), or with `RATE_LIMIT_FAILED`.
   *
   * @param place What the rules are written on.
   */
  async count(
    rules: readonly RateLimitRule[],
    place: string,
    session: Session,
    context: ExecutionContext,
    layer: RejectLayer,
  ): Promise<void> {
    for (const [index, rule] of rules.entries()) {
      const limiter = this.limiterOf(rule, index === 0 ? place : `${place}.${index}`);
      const waitMs = await this.consume(rule, limiter, keyOf(rule, session, context));
      if (waitMs === undefined) continue;
      reportReject(layer, 'rate_limited', transportOfView(session));
      throw tooMany(waitMs);
    }
  }

  /** Resolves to the time until the next one is let through; to `undefined` when this one is. */
  private async consume(rule: RateLimitRule, limiter: RateLimiter, key: string): Promise<number | undefined> {
    try {
      await this.inTime(limiter, limiter.consume(key));
    } catch (refusal) {
      if (isTooMany(refusal)) {
        this.outage.worked();
        return Math.max(0, Math.ceil(refusal.msBeforeNext));
      }
      const detail = describeError(refusal);
      this.outage.failed(detail);
      if (rule.failOpen === true) return undefined;
      throw pomeloError('RATE_LIMIT_FAILED', { detail });
    }
    this.outage.worked();
    return undefined;
  }

  private async inTime(limiter: RateLimiter, answer: Promise<unknown>): Promise<unknown> {
    if (limiter instanceof RateLimiterMemory) return answer;
    const { timeoutMs } = this.options;
    return withinTime(answer, timeoutMs, () => new Error(`It did not answer within ${timeoutMs} ms`));
  }

  private limiterOf(rule: RateLimitRule, place: string): RateLimiter {
    // By the rule, because two classes may have one name; and by the place, because methods are inherited.
    let limiters = this.limiters.get(rule);
    if (limiters === undefined) this.limiters.set(rule, (limiters = new Map()));
    let limiter = limiters.get(place);
    if (limiter === undefined) limiters.set(place, (limiter = this.make(rule, place)));
    return limiter;
  }

  private make(
    { points, seconds: duration, blockSeconds: blockDuration = 0, name }: RateLimitRule,
    place: string,
  ): RateLimiter {
    const settings = { keyPrefix: `pomelo:rate:${name ?? place}`, points, duration, blockDuration };
    return this.options.limiter?.(settings) ?? new RateLimiterMemory(settings);
  }
}

/** A limiter rejects with its count when there are too many, and with an error when it cannot count. */
function isTooMany(refusal: unknown): refusal is RateLimiterRes {
  return (
    typeof refusal === 'object' &&
    refusal !== null &&
    'msBeforeNext' in refusal &&
    typeof refusal.msBeforeNext === 'number'
  );
}

function tooMany(retryAfterMs: number): PomeloException {
  return new PomeloException(
    ERROR_TABLE.TOO_MANY_REQUESTS.status,
    errorText('TOO_MANY_REQUESTS', { ms: retryAfterMs }),
    { reason: 'TOO_MANY_REQUESTS', data: { retryAfterMs } },
  );
}
