import type { ExecutionContext } from '@nestjs/common';
import {
  checkInteger,
  checkOptional,
  checkRecord,
  refuseOption,
  refuseUnknown,
} from '../options/option-checks.js';
import type { Session } from '../sessions/session.js';

/** What is counted together. Take it from the session: what a client writes it can choose anew for each message. */
export type RateLimitKey = (session: Session, context: ExecutionContext) => string;

/** How often something may happen. */
export interface RateLimitRule {
  /** Messages, or handshakes, in that time. */
  readonly points: number;
  /** The time, in seconds from the first one on. */
  readonly seconds: number;
  /** Seconds for which nothing is let through once there were too many. Default until that time is over. */
  readonly blockSeconds?: number;
  /**
   * What is counted together: a user (default; a guest by its address), an address (IPv6: its /64), all clients of what the
   * rule is written on (`route`), or what a function says.
   */
  readonly per?: 'uid' | 'ip' | 'route' | RateLimitKey;
  /** Lets everything through while the store of the limiter cannot be asked. Default false: 503. */
  readonly failOpen?: boolean;
  /** Names the counters in the store. Default the class and method that the rule is written on. */
  readonly name?: string;
}

/** Longer timers of Node end at once. */
const MAX_SECONDS = 2_000_000;
const KNOWN = ['points', 'seconds', 'blockSeconds', 'per', 'failOpen', 'name'];
const WORDS: readonly unknown[] = ['uid', 'ip', 'route'];

/** Checks rules; `where` is in front of their options. Throws `OPTION_INVALID`. */
export function checkRules(where: string, rules: readonly RateLimitRule[]): readonly RateLimitRule[] {
  if (rules.length === 0)
    refuseOption(where, rules, 'one rule or more', 'For example { points: 5, seconds: 1 }.');
  for (const [index, rule] of rules.entries()) checkRule(`${where}[${index}]`, rule);
  return rules;
}

function checkRule(where: string, given: RateLimitRule): void {
  const rule = checkRecord(where, given ?? null);
  refuseUnknown(rule, KNOWN, `${where}.`);
  const { points, seconds, blockSeconds = 0, per = 'uid', failOpen, name } = rule;
  checkInteger(`${where}.points`, points, 1, Number.MAX_SAFE_INTEGER);
  checkInteger(`${where}.seconds`, seconds, 1, MAX_SECONDS);
  checkInteger(`${where}.blockSeconds`, blockSeconds, 0, MAX_SECONDS);
  checkOptional(`${where}.failOpen`, failOpen, 'boolean');
  checkOptional(`${where}.name`, name, 'string');
  if (typeof per !== 'function' && !WORDS.includes(per))
    refuseOption(`${where}.per`, per, '"uid", "ip", "route" or a function', 'Leave it out for "uid".');
}
