import { EDGE_OPTIONS, resolveEdge, type EdgeOptions, type ResolvedEdge } from '../../edge/edge-options.js';
import {
  checkInteger,
  checkOptional,
  checkRecord,
  refuseOption,
  refuseUnknown,
} from '../../options/option-checks.js';
import type { ConnectorCodec } from '../connector.interface.js';
import { refuseFormerNames } from '../former-names.js';
import { FORMER_NAMES } from './former-names.js';
import { LONGEST_TIMER_MS } from '../../timing/longest-timer.js';

/** How a socket.io client is carried. */
export type SocketioTransport = 'websocket' | 'polling';

/** Options of {@link socketio}. */
export interface SocketioOptions extends EdgeOptions, Partial<ConnectorCodec> {
  /** TCP port; 0 takes a free one. */
  readonly port: number;
  /** Address to listen on. Default all interfaces. */
  readonly host?: string;
  /** Length of the queue of connections that wait to be accepted. Default 1024. */
  readonly backlog?: number;
  /** Sends small writes at once. Default true. */
  readonly noDelay?: boolean;
  /** Path of the requests. Default `/socket.io`, where every client looks for it. */
  readonly path?: string;
  /** How clients may be carried. Default both. */
  readonly transports?: readonly SocketioTransport[];
  /** Milliseconds between the heartbeats of a client. Default 25000. */
  readonly heartbeatInterval?: number;
  /** Milliseconds for which a heartbeat may be late before the client is closed. Default 60000. */
  readonly heartbeatTimeout?: number;
}

const KNOWN = [
  'port',
  'host',
  'backlog',
  'noDelay',
  'path',
  'transports',
  'heartbeatInterval',
  'heartbeatTimeout',
  'encode',
  'decode',
  ...EDGE_OPTIONS,
];
/** Who means seconds is not to be taken at the word. */
const SHORTEST_HEARTBEAT_MS = 100;
const PATH = /^(\/[\w.~-]+)+$/;

/** The options with their defaults. */
export interface ResolvedSocketioOptions extends SocketioOptions {
  readonly path: string;
  readonly transports: readonly SocketioTransport[];
  readonly heartbeatInterval: number;
  readonly heartbeatTimeout: number;
  readonly edge: ResolvedEdge;
}

/** Checks the options and fills in the defaults. Throws `OPTION_INVALID`. */
export function resolveSocketioOptions(options: SocketioOptions): ResolvedSocketioOptions {
  refuseFormerNames(checkRecord('socketio()', options ?? null), FORMER_NAMES, 'socketio.');
  refuseUnknown(options, KNOWN, 'socketio.');
  const { path = '/socket.io', heartbeatInterval = 25_000, heartbeatTimeout = 60_000, backlog } = options;
  checkInteger('socketio.port', options.port, 0, 65_535);
  checkOptional('socketio.host', options.host, 'string');
  checkOptional('socketio.noDelay', options.noDelay, 'boolean');
  for (const name of ['encode', 'decode'] as const)
    checkOptional(`socketio.${name}`, options[name], 'function');
  if (backlog !== undefined) checkInteger('socketio.backlog', backlog, 1, 65_535);
  if (typeof path !== 'string' || !PATH.test(path))
    refuseOption(
      'socketio.path',
      path,
      'a path without a slash at its end',
      'Leave it out for "/socket.io".',
    );
  for (const [name, ms] of Object.entries({ heartbeatInterval, heartbeatTimeout }))
    checkInteger(`socketio.${name}`, ms, SHORTEST_HEARTBEAT_MS, LONGEST_TIMER_MS);
  return {
    ...options,
    path,
    transports: resolveTransports(options.transports),
    heartbeatInterval,
    heartbeatTimeout,
    edge: resolveEdge('socketio.', options),
  };
}

function resolveTransports(transports: unknown = ['polling', 'websocket']): readonly SocketioTransport[] {
  if (Array.isArray(transports) && transports.length > 0 && transports.every(isTransport)) return transports;
  return refuseOption(
    'socketio.transports',
    transports,
    'a list of "websocket" and "polling"',
    'Leave it out for both.',
  );
}

function isTransport(name: unknown): name is SocketioTransport {
  return name === 'websocket' || name === 'polling';
}
