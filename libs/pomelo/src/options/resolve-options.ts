import { DEFAULT_LIMITS, LIMIT_CEILINGS, type PomeloLimits } from './limits.js';
import {
  checkArray,
  checkInteger,
  checkOptional,
  checkRecord,
  refuseOption,
  refuseUnknown,
} from './option-checks.js';
import type { PomeloModuleOptions } from './pomelo-options.interface.js';
import { checkOrder, type HandlerOrder } from '../handlers/handler-options.js';
import { resolveOverload } from '../overload/overload-options.js';
import type { SessionStorageOptions } from '../sessions/storage/session-storage.interface.js';
import type { ResolvedOptions } from './resolved-options.js';
import { LONGEST_TIMER_MS } from '../timing/longest-timer.js';

const SERVER_NAME = /^[A-Za-z0-9_-]{1,64}$/;
const NAME_RULE = '1 to 64 letters, digits, "_" or "-"';
const STORAGE_METHODS = ['query', 'store', 'delete', 'heartbeat'] as const;
const HISTORY_METHODS = ['append', 'read', 'remove'] as const;
const KNOWN_OPTIONS = [
  'connectors',
  'server',
  'handshakeGuards',
  'sessions',
  'push',
  'channels',
  'routes',
  'cluster',
  'rpcInterceptors',
  'overload',
  'order',
  'trackRequests',
  'limits',
  'isGlobal',
];

/** Checks the options and fills in the defaults. Throws {@link PomeloConfigException} `OPTION_INVALID`. */
export function resolveOptions(given: PomeloModuleOptions): ResolvedOptions {
  const options = checkRecord('options', given);
  refuseUnknown(options, KNOWN_OPTIONS, '');
  return {
    connectors: checkArray('connectors', options.connectors),
    server: resolveServer(options.server),
    handshakeGuards: resolveGuards(options.handshakeGuards),
    sessions: resolveSessions(options.sessions),
    push: resolvePush(options.push),
    channels: resolveChannels(options.channels),
    routes: resolveRoutes(options.routes),
    cluster: resolveCluster(options.cluster),
    rpcInterceptors: resolveInterceptors(options.rpcInterceptors),
    overload: resolveOverload(options.overload),
    order: resolveOrder(options.order),
    trackRequests: resolveTracking(options.trackRequests),
    limits: resolveLimits(options.limits),
  };
}

function resolveServer(given: PomeloModuleOptions['server']): ResolvedOptions['server'] {
  const server = checkRecord('server', given);
  refuseUnknown(server, ['id', 'types', 'namespace', 'metadata'], 'server.');
  const { id = 'server-1', types, namespace = 'pomelo' } = server;
  if (!isName(id)) refuseOption('server.id', id, NAME_RULE, 'For example "connector-1".');
  if (!isName(namespace)) refuseOption('server.namespace', namespace, NAME_RULE, 'For example "live".');
  for (const type of checkArray('server.types', types)) {
    if (!isName(type))
      refuseOption('server.types', type, `a list of names of ${NAME_RULE}`, 'For example ["gate", "chat"].');
  }
  return { id, types, namespace, metadata: checkRecord('server.metadata', server.metadata) };
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && SERVER_NAME.test(value);
}

function resolveGuards(given: PomeloModuleOptions['handshakeGuards']): ResolvedOptions['handshakeGuards'] {
  const guards = checkArray('handshakeGuards', given);
  for (const [index, guard] of guards.entries()) {
    if (typeof guard !== 'function' && typeof guard?.canActivate !== 'function')
      refuseOption(
        `handshakeGuards[${index}]`,
        guard,
        'a guard',
        'Give a class or an object with canActivate().',
      );
  }
  return guards;
}

function resolveSessions(given: PomeloModuleOptions['sessions']): ResolvedOptions['sessions'] {
  const sessions = checkRecord('sessions', given);
  refuseUnknown(sessions, ['single', 'persist', 'isGuest'], 'sessions.');
  const { single = false, persist, isGuest } = sessions;
  checkOptional('sessions.isGuest', isGuest, 'function');
  if (single !== false && single !== 'kickOld' && single !== 'refuseNew')
    refuseOption(
      'sessions.single',
      single,
      '"kickOld", "refuseNew" or false',
      'false allows many sessions a user.',
    );
  return { single, persist: checkPersist(persist), isGuest };
}

function checkPersist(persist: SessionStorageOptions | undefined): SessionStorageOptions | undefined {
  if (persist === undefined) return undefined;
  refuseUnknown(
    checkRecord('sessions.persist', persist),
    ['storage', 'merge', 'heartbeatMs'],
    'sessions.persist.',
  );
  const { storage, merge, heartbeatMs } = persist;
  const isStorage = STORAGE_METHODS.every((method) => typeof storage?.[method] === 'function');
  if (!isStorage)
    refuseOption(
      'sessions.persist.storage',
      storage,
      `an object with ${STORAGE_METHODS.join('(), ')}()`,
      'For example new MemorySessionStorage().',
    );
  if (merge !== undefined && merge !== 'liveWins' && merge !== 'storedWins' && typeof merge !== 'function')
    refuseOption(
      'sessions.persist.merge',
      merge,
      '"liveWins", "storedWins" or a function (stored, live) => values',
      'Leave it out for "liveWins".',
    );
  if (heartbeatMs !== undefined)
    checkInteger('sessions.persist.heartbeatMs', heartbeatMs, 1, LONGEST_TIMER_MS);
  return persist;
}

function resolvePush(given: PomeloModuleOptions['push']): ResolvedOptions['push'] {
  const push = checkRecord('push', given);
  refuseUnknown(push, ['scheduler', 'flushIntervalMs', 'select'], 'push.');
  const { scheduler, flushIntervalMs, select } = push;
  if (scheduler !== undefined && scheduler !== 'direct' && scheduler !== 'buffered')
    refuseOption('push.scheduler', scheduler, '"direct" or "buffered"', 'Leave it out for "direct".');
  if (flushIntervalMs !== undefined) checkInteger('push.flushIntervalMs', flushIntervalMs, 1, 60_000);
  checkOptional('push.select', select, 'function');
  return push;
}

function resolveChannels(given: PomeloModuleOptions['channels']): ResolvedOptions['channels'] {
  const channels = checkRecord('channels', given);
  refuseUnknown(channels, ['history'], 'channels.');
  const { history } = channels;
  if (history !== undefined && HISTORY_METHODS.some((method) => typeof history?.[method] !== 'function'))
    refuseOption(
      'channels.history',
      history,
      `an object with ${HISTORY_METHODS.join('(), ')}()`,
      'For example new MemoryChannelHistory().',
    );
  return channels;
}

function resolveRoutes(routes: PomeloModuleOptions['routes'] = {}): ResolvedOptions['routes'] {
  for (const [type, route] of Object.entries(checkRecord('routes', routes))) {
    if (typeof route !== 'function')
      refuseOption(
        `routes.${type}`,
        route,
        'a function ({ session, servers }) => server',
        'Return one of servers.',
      );
  }
  return routes;
}

function resolveCluster(cluster: PomeloModuleOptions['cluster']): ResolvedOptions['cluster'] {
  if (cluster === undefined) return cluster;
  const isDriver =
    typeof cluster?.createTransport === 'function' && typeof cluster.createBindings === 'function';
  return isDriver
    ? cluster
    : refuseOption('cluster', cluster, 'a cluster driver', 'For example cluster: memory().');
}

function resolveInterceptors(
  given: PomeloModuleOptions['rpcInterceptors'],
): ResolvedOptions['rpcInterceptors'] {
  const interceptors = checkArray('rpcInterceptors', given);
  for (const [index, interceptor] of interceptors.entries()) {
    if (typeof interceptor !== 'function')
      refuseOption(
        `rpcInterceptors[${index}]`,
        interceptor,
        'a function (call, next) => next()',
        'Return what next() gives.',
      );
  }
  return interceptors;
}

function resolveOrder(order: PomeloModuleOptions['order'] = 'start'): HandlerOrder {
  checkOrder('order', order);
  return order;
}

function resolveTracking(trackRequests: PomeloModuleOptions['trackRequests'] = false): boolean {
  checkOptional('trackRequests', trackRequests, 'boolean');
  return trackRequests;
}

function resolveLimits(given: PomeloModuleOptions['limits']): PomeloLimits {
  if (given === false) return LIFTED_LIMITS;
  const limits = checkRecord('limits', given);
  refuseUnknown(limits, Object.keys(DEFAULT_LIMITS), 'limits.');
  const resolved = { ...DEFAULT_LIMITS };
  for (const name of Object.keys(DEFAULT_LIMITS) as (keyof PomeloLimits)[]) {
    const ceiling = LIMIT_CEILINGS[name] ?? Number.MAX_SAFE_INTEGER;
    resolved[name] = checkInteger(`limits.${name}`, limits[name] ?? DEFAULT_LIMITS[name], 1, ceiling);
  }
  return resolved;
}

const LIFTED_LIMITS: PomeloLimits = {
  ...DEFAULT_LIMITS,
  packageBytes: 0xff_ff_ff,
  requestsInFlight: Number.MAX_SAFE_INTEGER,
  writeBufferSoftBytes: Number.MAX_SAFE_INTEGER,
  writeBufferHardBytes: Number.MAX_SAFE_INTEGER,
  messagesPerSecond: Number.MAX_SAFE_INTEGER,
  messageBurst: Number.MAX_SAFE_INTEGER,
  pingsPerSecond: Number.MAX_SAFE_INTEGER,
  connections: Number.MAX_SAFE_INTEGER,
  connectionsPerIp: Number.MAX_SAFE_INTEGER,
  connectsPerSecond: Number.MAX_SAFE_INTEGER,
  connectBurst: Number.MAX_SAFE_INTEGER,
};
