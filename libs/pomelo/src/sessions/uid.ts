import { pomeloError } from '../errors/pomelo.exception.js';

// Control characters could forge a log line or a key of a store.
const FORBIDDEN = /[\p{Cc}\p{Cs}]/u;

/** Checks a uid: a string of 1 to `maxLength` characters without control characters. Throws `BAD_UID`. */
export function assertUid(uid: unknown, maxLength: number): asserts uid is string {
  if (typeof uid === 'string' && uid.length > 0 && uid.length <= maxLength && !FORBIDDEN.test(uid)) return;
  throw pomeloError('BAD_UID', { limit: maxLength, value: typeof uid === 'string' ? uid : typeof uid });
}
