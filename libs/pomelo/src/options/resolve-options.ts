import { PomeloConfigException } from '../errors/pomelo.exception.js';
import { DEFAULT_LIMITS, LIMIT_CEILINGS, type PomeloLimits } from './limits.js';
import type { PomeloModuleOptions } from './pomelo-options.interface.js';
import type { ResolvedOptions } from './resolved-options.js';

const SERVER_ID = /^[A-Za-z0-9_-]{1,64}$/;
const KNOWN_OPTIONS = [
  'connectors',
  'server',
  'handshakeGuards',
  'sessions',
  'push',
  'routes',
  'cluster',
  'limits',
  'isGlobal',
];

/** Checks the options and fills in the defaults. Throws {@link PomeloConfigException} `OPTION_INVALID`. */
export function resolveOptions(options: PomeloModuleOptions): ResolvedOptions {
  refuseUnknown(options, KNOWN_OPTIONS, '');
  return {
    connectors: arrayOption('connectors', options.connectors),
    server: resolveServer(options),
    handshakeGuards: arrayOption('handshakeGuards', options.handshakeGuards),
    sessions: { single: resolveSingle(options) },
    push: resolvePush(options),
    routes: resolveRoutes(options),
    cluster: options.cluster,
    limits: resolveLimits(options.limits),
  };
}

/** Throws the sentence of a wrong option. */
export function refuseOption(option: string, value: unknown, expected: string, remedy: string): never {
  throw new PomeloConfigException('OPTION_INVALID', { option, value: shownAs(value), expected, remedy });
}

/** JSON has no words for NaN, undefined and functions. */
function shownAs(value: unknown): string {
  if (typeof value === 'function') return JSON.stringify(`function ${value.name}`);
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'undefined');
}

/** Refuses keys that nobody reads: they are spelling mistakes. */
export function refuseUnknown(value: object, known: readonly string[], prefix: string): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      refuseOption(
        prefix + key,
        (value as Record<string, unknown>)[key],
        'absent: there is no such option',
        `Known here: ${known.join(', ')}.`,
      );
    }
  }
}

/** Checks a whole number within a range. */
export function checkInteger(option: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  return refuseOption(option, value, `a whole number from ${min} to ${max}`, 'Leave it out for the default.');
}

function arrayOption<T>(name: string, value: readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) refuseOption(name, value, 'an array', `Write ${name}: [ … ].`);
  return value;
}

function resolveServer({ server = {} }: PomeloModuleOptions): ResolvedOptions['server'] {
  refuseUnknown(server, ['id', 'types', 'metadata'], 'server.');
  const id = server.id ?? 'server-1';
  if (typeof id !== 'string' || !SERVER_ID.test(id)) {
    refuseOption('server.id', id, '1 to 64 letters, digits, "_" or "-"', 'For example "connector-1".');
  }
  for (const type of server.types ?? []) {
    if (typeof type !== 'string' || !SERVER_ID.test(type)) {
      refuseOption(
        'server.types',
        type,
        'a list of names of letters, digits, "_" or "-"',
        'For example ["gate", "connector"].',
      );
    }
  }
  return { id, types: server.types, metadata: server.metadata ?? {} };
}

function resolveSingle({ sessions = {} }: PomeloModuleOptions): ResolvedOptions['sessions']['single'] {
  refuseUnknown(sessions, ['single'], 'sessions.');
  const single = sessions.single ?? false;
  if (single !== false && single !== 'kickOld' && single !== 'refuseNew') {
    refuseOption(
      'sessions.single',
      single,
      '"kickOld", "refuseNew" or false',
      'false allows many sessions a user.',
    );
  }
  return single;
}

function resolvePush({ push = {} }: PomeloModuleOptions): ResolvedOptions['push'] {
  refuseUnknown(push, ['scheduler', 'flushIntervalMs', 'select'], 'push.');
  if (push.scheduler !== undefined && push.scheduler !== 'direct' && push.scheduler !== 'buffered') {
    refuseOption('push.scheduler', push.scheduler, '"direct" or "buffered"', 'Leave it out for "direct".');
  }
  if (push.flushIntervalMs !== undefined)
    checkInteger('push.flushIntervalMs', push.flushIntervalMs, 1, 60_000);
  return push;
}

function resolveRoutes({ routes = {} }: PomeloModuleOptions): ResolvedOptions['routes'] {
  for (const [type, route] of Object.entries(routes)) {
    if (typeof route !== 'function') {
      refuseOption(
        `routes.${type}`,
        route,
        'a function ({ session, servers }) => server',
        'Return one of servers.',
      );
    }
  }
  return routes;
}

function resolveLimits(limits: PomeloModuleOptions['limits']): PomeloLimits {
  if (limits === false) return LIFTED_LIMITS;
  const given = limits ?? {};
  refuseUnknown(given, Object.keys(DEFAULT_LIMITS), 'limits.');
  const resolved = { ...DEFAULT_LIMITS, ...given };
  for (const name of Object.keys(DEFAULT_LIMITS) as (keyof PomeloLimits)[]) {
    checkInteger(`limits.${name}`, resolved[name], 1, LIMIT_CEILINGS[name] ?? Number.MAX_SAFE_INTEGER);
  }
  return resolved;
}

const LIFTED_LIMITS: PomeloLimits = {
  ...DEFAULT_LIMITS,
  packageBytes: 0xff_ff_ff,
  requestsInFlight: Number.MAX_SAFE_INTEGER,
  writeBufferSoftBytes: Number.MAX_SAFE_INTEGER,
  writeBufferHardBytes: Number.MAX_SAFE_INTEGER,
};
