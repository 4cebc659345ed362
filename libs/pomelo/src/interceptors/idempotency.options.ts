import type { Session } from '../sessions/session.js';
import {
  checkInteger,
  checkOptional,
  checkRecord,
  refuseOption,
  refuseUnknown,
} from '../options/option-checks.js';
import type { IdempotencyStore } from './idempotency-store.interface.js';
import { MemoryIdempotencyStore } from './memory-idempotency-store.js';

/** Finds the key of a request; `undefined` for a request that may be repeated. */
export type IdempotencyKeyOf = (body: unknown, session: Session, route: string) => unknown;

/** Options of the `IdempotencyInterceptor`. */
export interface IdempotencyOptions {
  /** The field of the body that has the key, or a function that finds it. Default `idempotencyKey`. */
  readonly key?: string | IdempotencyKeyOf;
  /** Whose keys they are: `uid` finds a request of the same user also after a new login; a guest has those of its session. Default `uid`. */
  readonly per?: 'uid' | 'session';
  /** Time for which an outcome is kept, in ms. Default 600000. */
  readonly ttlMs?: number;
  /** Where they are kept. Default a {@link MemoryIdempotencyStore} of its own. */
  readonly store?: IdempotencyStore;
}

/** The {@link IdempotencyOptions} with their defaults. */
export interface ResolvedIdempotency {
  readonly keyOf: IdempotencyKeyOf;
  readonly per: 'uid' | 'session';
  readonly ttlMs: number;
  readonly store: IdempotencyStore;
}

const NAME = 'IdempotencyInterceptor';
const DEFAULT_TTL_MS = 600_000;
const STORE_METHODS = ['claim', 'keep', 'release'] as const;

/** Checks the options and fills in the defaults. Throws `OPTION_INVALID`. */
export function resolveIdempotency(given: IdempotencyOptions): ResolvedIdempotency {
  const options = checkRecord(NAME, given);
  refuseUnknown(options, ['key', 'per', 'ttlMs', 'store'], `${NAME}.`);
  const { key = 'idempotencyKey', per = 'uid', ttlMs = DEFAULT_TTL_MS } = options;
  const { store = new MemoryIdempotencyStore() } = options;
  if (typeof key !== 'string') checkOptional(`${NAME}.key`, key, 'function');
  if (per !== 'uid' && per !== 'session')
    refuseOption(`${NAME}.per`, per, '"uid" or "session"', 'Leave it out for "uid".');
  checkInteger(`${NAME}.ttlMs`, ttlMs, 1, Number.MAX_SAFE_INTEGER);
  if (!STORE_METHODS.every((method) => typeof store?.[method] === 'function'))
    refuseOption(
      `${NAME}.store`,
      store,
      `an object with ${STORE_METHODS.join('(), ')}()`,
      'Leave it out for memory.',
    );
  return { keyOf: typeof key === 'string' ? fieldOf(key) : key, per, ttlMs, store };
}

function fieldOf(name: string): IdempotencyKeyOf {
  return (body) =>
    typeof body === 'object' && body !== null && Object.hasOwn(body, name)
      ? (body as Record<string, unknown>)[name]
      : undefined;
}
