import type { RedisOptions } from 'ioredis';
import { checkInteger, checkRecord, refuseOption, refuseUnknown } from '../options/option-checks.js';
import type { RedisDriverOptions } from './redis-options.js';

const MIN_PRESSURE = 64 * 1024;
const MAX_PRESSURE = 2 ** 30;
const DEFAULT_PORT = 6379;

/** The options with their defaults. */
export interface ResolvedRedisOptions {
  readonly url: string | undefined;
  readonly options: Readonly<RedisOptions>;
  /** Where Redis is, for logs: without credentials. */
  readonly servers: string;
  readonly timeoutMs: number;
  readonly pressureBytes: number;
}

/** Checks the options and fills in the defaults. Throws `OPTION_INVALID`. */
export function resolveRedisOptions(given: RedisDriverOptions): ResolvedRedisOptions {
  refuseUnknown(
    checkRecord('redis()', given ?? null),
    ['url', 'options', 'timeoutMs', 'pressureBytes'],
    'redis.',
  );
  const { url, timeoutMs = 2_000, pressureBytes = 8 * 1024 * 1024 } = given;
  const options = checkRecord('redis.options', given.options);
  if (url === undefined && given.options === undefined)
    refuseOption('redis.url', url, 'an address', 'For example "redis://127.0.0.1:6379", or give options.');
  checkInteger('redis.timeoutMs', timeoutMs, 1, 60_000);
  checkInteger('redis.pressureBytes', pressureBytes, MIN_PRESSURE, MAX_PRESSURE);
  const servers = url === undefined ? addressesOf(options) : addressOf(url);
  return { url, options, servers, timeoutMs, pressureBytes };
}

/** Sentences do not show passwords, and neither does what this gives. */
function addressOf(url: unknown): string {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['redis:', 'rediss:'].includes(parsed.protocol) || parsed.hostname === '')
    return refuseOption('redis.url', '…', 'an address such as "redis://127.0.0.1:6379"', 'Or give options.');
  // They would win over what the driver has to set.
  if (parsed.search !== '')
    refuseOption('redis.url', `…${parsed.search}`, 'an address without a query', 'Give these as options.');
  return `${parsed.hostname}:${parsed.port === '' ? DEFAULT_PORT : parsed.port}`;
}

function addressesOf({ sentinels, path, host, port }: Readonly<RedisOptions>): string {
  const named = sentinels?.map((sentinel) => `${sentinel.host ?? 'localhost'}:${sentinel.port ?? 26_379}`);
  return named?.join(', ') ?? path ?? `${host ?? 'localhost'}:${port ?? DEFAULT_PORT}`;
}
