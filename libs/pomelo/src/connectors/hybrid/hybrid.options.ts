import {
  checkInteger,
  checkOptional,
  checkRecord,
  refuseOption,
  refuseUnknown,
} from '../../options/option-checks.js';
import { EDGE_OPTIONS, resolveEdge, type EdgeOptions, type ResolvedEdge } from '../../edge/edge-options.js';
import type { ConnectorCodec } from '../connector.interface.js';
import type { ProtobufOptions } from './protobuf-schemas.js';

/** Options of {@link hybrid}. */
export interface HybridOptions extends Partial<ConnectorCodec>, EdgeOptions {
  /** TCP port for TCP and WebSocket clients and for HTTP; 0 takes a free one. */
  readonly port: number;
  /** Address to listen on. Default all interfaces. */
  readonly host?: string;
  /** Seconds between heartbeats, told to the clients; false turns heartbeats off. Default 30. */
  readonly heartbeat?: number | false;
  /** Seconds without a sign of life after which a client is closed. Default twice `heartbeat`. */
  readonly heartbeatTimeout?: number;
  /** Only heartbeats prove life, as in Pomelo. Default false: every complete package does. */
  readonly strictHeartbeat?: boolean;
  /** Sends the route dictionary, so that routes travel as two bytes; a list adds push routes, as Pomelo's `dictionary.json`. Default false. */
  readonly dictionary?: boolean | readonly string[];
  /** Schemas for bodies in pomelo-protobuf. Default none: every body is JSON. */
  readonly protobuf?: ProtobufOptions;
  /** Compresses bodies of at least this many bytes for clients that have sent compressed ones themselves; false never. Default 1024. */
  readonly compress?: number | false;
  /** Refuses clients with code 501 by the type and version of their handshake. */
  readonly checkClient?: (type: string | undefined, version: string | undefined) => boolean;
  /** Length of the queue of connections that wait to be accepted. Default 1024. */
  readonly backlog?: number;
}

const KNOWN = [
  'port',
  'host',
  'heartbeat',
  'heartbeatTimeout',
  'strictHeartbeat',
  'dictionary',
  'protobuf',
  'compress',
  'checkClient',
  'backlog',
  'encode',
  'decode',
  ...EDGE_OPTIONS,
];

const PROTOBUF_KNOWN = ['client', 'server', 'watch'];

/** The options with their defaults. */
export interface ResolvedHybridOptions extends HybridOptions {
  readonly edge: ResolvedEdge;
  /** Seconds; 0 is off. */
  readonly heartbeatSeconds: number;
  readonly heartbeatTimeoutMs: number;
  /** Bytes; infinite is never. */
  readonly compressFrom: number;
  /** `undefined` is off. */
  readonly dictionaryExtras: readonly string[] | undefined;
}

/** Checks the options and fills in the defaults. Throws `OPTION_INVALID`. */
export function resolveHybridOptions(options: HybridOptions): ResolvedHybridOptions {
  refuseUnknown(checkRecord('hybrid()', options ?? null), KNOWN, 'hybrid.');
  checkInteger('hybrid.port', options.port, 0, 65_535);
  checkOptional('hybrid.host', options.host, 'string');
  checkOptional('hybrid.strictHeartbeat', options.strictHeartbeat, 'boolean');
  for (const name of ['checkClient', 'encode', 'decode'] as const)
    checkOptional(`hybrid.${name}`, options[name], 'function');
  refuseUnknown(checkRecord('hybrid.protobuf', options.protobuf), PROTOBUF_KNOWN, 'hybrid.protobuf.');
  if (options.compress !== undefined && options.compress !== false)
    checkInteger('hybrid.compress', options.compress, 1, 2 ** 31);
  if (options.backlog !== undefined) checkInteger('hybrid.backlog', options.backlog, 1, 65_535);
  return {
    ...options,
    edge: resolveEdge('hybrid.', options),
    ...resolveHeartbeat(options),
    compressFrom: options.compress === false ? Infinity : (options.compress ?? 1024),
    dictionaryExtras: resolveDictionary(options.dictionary),
  };
}

function resolveHeartbeat({
  heartbeat = 30,
  heartbeatTimeout,
}: HybridOptions): Pick<ResolvedHybridOptions, 'heartbeatSeconds' | 'heartbeatTimeoutMs'> {
  const heartbeatSeconds = heartbeat === false ? 0 : seconds('hybrid.heartbeat', heartbeat);
  if (heartbeatTimeout === undefined)
    return { heartbeatSeconds, heartbeatTimeoutMs: heartbeatSeconds * 2_000 };
  const timeout = seconds('hybrid.heartbeatTimeout', heartbeatTimeout);
  if (timeout <= heartbeatSeconds)
    refuseOption(
      'hybrid.heartbeatTimeout',
      timeout,
      `more than hybrid.heartbeat, which is ${heartbeatSeconds}`,
      'Leave it out for twice as much.',
    );
  return { heartbeatSeconds, heartbeatTimeoutMs: timeout * 1_000 };
}

function seconds(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= 86_400) return value;
  return refuseOption(name, value, 'a number of seconds from 0 to 86400, or false', 'For example 3.');
}

function resolveDictionary(dictionary: unknown): readonly string[] | undefined {
  if (dictionary === undefined || dictionary === false) return undefined;
  if (dictionary === true) return [];
  if (Array.isArray(dictionary) && dictionary.every((route) => typeof route === 'string')) return dictionary;
  return refuseOption(
    'hybrid.dictionary',
    dictionary,
    'true, false or a list of push routes',
    'For example ["onChat", "onLeave"].',
  );
}
