import {
  checkInteger,
  checkOptional,
  checkRecord,
  refuseOption,
  refuseUnknown,
} from '../../options/option-checks.js';
import { EDGE_OPTIONS, resolveEdge, type EdgeOptions, type ResolvedEdge } from '../../edge/edge-options.js';
import { refuseFormerNames } from '../former-names.js';
import { checkCustomCodec, CUSTOM_CODEC_OPTIONS, type CustomCodec } from './custom-codec.js';
import { FORMER_NAMES } from './former-names.js';
import { HANDSHAKE_CHECK_OPTIONS, HandshakeChecks, type HandshakeCheckOptions } from './handshake-checks.js';
import {
  HEARTBEAT_OPTIONS,
  resolveHeartbeat,
  type HeartbeatOptions,
  type ResolvedHeartbeat,
} from './heartbeat-options.js';
import { checkSerializer, type PitayaSerializer } from './pitaya-serializer.js';
import type { ProtobufOptions } from './protobuf-schemas.js';

/** Options of {@link hybrid}. */
export interface HybridOptions extends CustomCodec, HeartbeatOptions, HandshakeCheckOptions, EdgeOptions {
  /** TCP port for TCP and WebSocket clients and for HTTP; 0 takes a free one. */
  readonly port: number;
  /** Address to listen on. Default all interfaces. */
  readonly host?: string;
  /** Sends the route dictionary, so that routes travel as two bytes; a list adds push routes, as Pomelo's `dictionary.json`. Default false. */
  readonly dictionary?: boolean | readonly string[];
  /** Schemas for bodies in pomelo-protobuf. Default none: every body is JSON. */
  readonly protobuf?: ProtobufOptions;
  /** Writes and reads the bodies of pitaya clients. Default JSON. */
  readonly serializer?: PitayaSerializer;
  /** Compresses bodies of at least this many bytes for clients that have sent compressed ones themselves; false never. Default 1024. */
  readonly compress?: number | false;
  /** Every message must be signed with the key of its client's handshake, as in Pomelo. It proves that nobody altered it, not who sent it. Default false. */
  readonly useCrypto?: boolean;
  /** Keeps the session of a client that can come back for it, `limits.resumeMs` after its connection was lost. Default false. */
  readonly resume?: boolean;
  /** Length of the queue of connections that wait to be accepted. Default 1024. */
  readonly backlog?: number;
  /** Sends small writes at once. Default true. */
  readonly noDelay?: boolean;
  /** How a TCP connection is closed once everything is sent: `end` leaves the client time to close its side, `destroy` does not. Default `end`. */
  readonly closeMethod?: 'end' | 'destroy';
}

const KNOWN = [
  'port',
  'host',
  'dictionary',
  'protobuf',
  'serializer',
  'compress',
  'useCrypto',
  'resume',
  'backlog',
  'noDelay',
  'closeMethod',
  ...CUSTOM_CODEC_OPTIONS,
  ...HEARTBEAT_OPTIONS,
  ...HANDSHAKE_CHECK_OPTIONS,
  ...EDGE_OPTIONS,
];

const PROTOBUF_KNOWN = ['client', 'server', 'watch'];

/** The options with their defaults. */
export interface ResolvedHybridOptions extends HybridOptions, ResolvedHeartbeat {
  readonly edge: ResolvedEdge;
  /** `undefined` when nothing is to be checked. */
  readonly checks: HandshakeChecks | undefined;
  /** Bytes; infinite is never. */
  readonly compressFrom: number;
  /** `undefined` is off. */
  readonly dictionaryExtras: readonly string[] | undefined;
}

/** Checks the options and fills in the defaults. Throws `OPTION_INVALID`. */
export function resolveHybridOptions(options: HybridOptions): ResolvedHybridOptions {
  refuseFormerNames(checkRecord('hybrid()', options ?? null), FORMER_NAMES, 'hybrid.');
  refuseUnknown(options, KNOWN, 'hybrid.');
  checkInteger('hybrid.port', options.port, 0, 65_535);
  checkOptional('hybrid.host', options.host, 'string');
  for (const name of ['useCrypto', 'noDelay', 'resume'] as const)
    checkOptional(`hybrid.${name}`, options[name], 'boolean');
  checkCustomCodec(options);
  checkResume(options);
  checkCloseMethod(options.closeMethod);
  refuseUnknown(checkRecord('hybrid.protobuf', options.protobuf), PROTOBUF_KNOWN, 'hybrid.protobuf.');
  checkSerializer(options.serializer);
  if (options.compress !== undefined && options.compress !== false)
    checkInteger('hybrid.compress', options.compress, 1, 2 ** 31);
  if (options.backlog !== undefined) checkInteger('hybrid.backlog', options.backlog, 1, 65_535);
  return {
    ...options,
    edge: resolveEdge('hybrid.', options),
    ...resolveHeartbeat(options),
    checks: HandshakeChecks.of(options),
    compressFrom: options.compress === false ? Infinity : (options.compress ?? 1024),
    dictionaryExtras: resolveDictionary(options.dictionary),
  };
}

/** Messages are counted where they become bytes, and a client signs with the key of its first handshake. */
function checkResume(options: HybridOptions): void {
  if (options.resume !== true) return;
  const other = (['encode', 'decode', 'useCrypto'] as const).find((name) => Boolean(options[name]));
  if (other !== undefined)
    refuseOption('hybrid.resume', true, `false beside hybrid.${other}`, `Leave out one of the two.`);
}

function checkCloseMethod(method: unknown): void {
  if (method !== undefined && method !== 'end' && method !== 'destroy')
    refuseOption('hybrid.closeMethod', method, '"end" or "destroy"', 'Leave it out for "end".');
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
