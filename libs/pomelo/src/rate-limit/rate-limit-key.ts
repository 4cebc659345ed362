import type { ExecutionContext } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { quotaKey } from '../edge/ip-address.js';
import type { Session } from '../sessions/session.js';
import type { RateLimitRule } from './rate-limit-rule.js';

/** Longer keys are counted by their hash. */
const MAX_KEY_LENGTH = 160;

/** Under which key of a rule a message is counted. */
export function keyOf({ per = 'uid' }: RateLimitRule, session: Session, context: ExecutionContext): string {
  if (typeof per === 'function') return bounded(per(session, context));
  if (per === 'route') return 'all';
  // With a word in front, because a uid may look like an address.
  return per === 'uid' && session.uid !== undefined
    ? `uid:${session.uid}`
    : `ip:${quotaKey(session.remoteAddress)}`;
}

function bounded(key: string): string {
  return key.length > MAX_KEY_LENGTH ? createHash('sha256').update(key).digest('base64url') : key;
}
