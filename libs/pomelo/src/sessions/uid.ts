import { pomeloError } from '../errors/pomelo.exception.js';

// Control characters could forge a log line or a key of a store.
const FORBIDDEN = /[\p{Cc}\p{Cs}]/u;

/** Whether a value is a uid: a string of 1 to `maxLength` characters without control characters. */
export function isUid(uid: unknown, maxLength: number): uid is string {
  return typeof uid === 'string' && uid.length > 0 && uid.length <= maxLength && !FORBIDDEN.test(uid);
}

/** Throws `BAD_UID` unless the value is a uid. */
export function assertUid(uid: unknown, maxLength: number): asserts uid is string {
  if (isUid(uid, maxLength)) return;
  throw pomeloError('BAD_UID', { limit: maxLength, value: typeof uid === 'string' ? uid : typeof uid });
}
