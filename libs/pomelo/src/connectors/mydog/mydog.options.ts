import { EDGE_OPTIONS, resolveEdge, type EdgeOptions, type ResolvedEdge } from '../../edge/edge-options.js';
import {
  checkInteger,
  checkOptional,
  checkRecord,
  refuseOption,
  refuseUnknown,
} from '../../options/option-checks.js';
import type { Session } from '../../sessions/session.js';

/** Parts of the message layer that an application replaces, as mydog's `encodeDecode`. */
export interface MydogCodecOptions {
  /** A message as a whole frame, its length included. */
  readonly protoEncode?: (cmd: number, message: unknown) => Buffer;
  /** The body of a message. Default JSON. */
  readonly msgEncode?: (cmd: number, message: unknown) => Buffer;
  /** Takes apart a frame without its length. */
  readonly protoDecode?: (frame: Buffer) => { readonly cmd: number; readonly msg: Buffer };
  /** Reads the body of a message. Default JSON. */
  readonly msgDecode?: (cmd: number, body: Buffer) => unknown;
}

/** Options of {@link mydog}. */
export interface MydogOptions extends EdgeOptions, MydogCodecOptions {
  /** TCP port; 0 takes a free one. */
  readonly port: number;
  /** Address to listen on. Default all interfaces. */
  readonly host?: string;
  /** Which clients the port serves. Default `both`: the first byte tells them apart. */
  readonly transport?: 'tcp' | 'ws' | 'both';
  /** The route table: a message names its route by the place in this list. Default the routes of the application's handlers in the order of their modules, then `pushRoutes`. */
  readonly routes?: readonly string[];
  /** Routes of pushes that the default table gets besides. Default none. */
  readonly pushRoutes?: readonly string[];
  /** Seconds between the heartbeats of a client; who is silent for twice as long is closed. 0 is off. Default 0, as mydog. */
  readonly heartbeat?: number;
  /** Connections of this port; beyond it new ones are cut. Default as many as `limits.connections`. */
  readonly maxConnectionNum?: number;
  /** Bytes of the longest frame, without its length. Default `limits.packageBytes`. */
  readonly maxLen?: number;
  /** Sends small writes at once. Default true. */
  readonly noDelay?: boolean;
  /** Milliseconds for which everything that is sent to a client is collected, at least 10. Default: a turn of the event loop. */
  readonly interval?: number;
  /** Called with the session of every client that has shaken hands. */
  readonly clientOnCb?: (session: Session) => void;
  /** Called with the session of every such client that is gone. */
  readonly clientOffCb?: (session: Session) => void;
}

const CALLBACKS = [
  'clientOnCb',
  'clientOffCb',
  'protoEncode',
  'msgEncode',
  'protoDecode',
  'msgDecode',
] as const;
const KNOWN = [
  'port',
  'host',
  'transport',
  'routes',
  'pushRoutes',
  'heartbeat',
  'maxConnectionNum',
  'maxLen',
  'noDelay',
  'interval',
  ...CALLBACKS,
  ...EDGE_OPTIONS,
];
/** A message names its route by two bytes. */
const MAX_ROUTES = 65_536;
/** A frame has four bytes for its length; nobody means more than this. */
const MAX_FRAME_BYTES = 2 ** 31 - 1;

/** The options with their defaults. */
export interface ResolvedMydogOptions extends MydogOptions {
  readonly edge: ResolvedEdge;
  readonly heartbeat: number;
  readonly transport: 'tcp' | 'ws' | 'both';
}

/** Checks the options and fills in the defaults. Throws `OPTION_INVALID`. */
export function resolveMydogOptions(options: MydogOptions): ResolvedMydogOptions {
  refuseUnknown(checkRecord('mydog()', options ?? null), KNOWN, 'mydog.');
  const { transport = 'both', heartbeat = 0, maxConnectionNum, maxLen, interval } = options;
  checkInteger('mydog.port', options.port, 0, 65_535);
  checkOptional('mydog.host', options.host, 'string');
  checkOptional('mydog.noDelay', options.noDelay, 'boolean');
  for (const name of CALLBACKS) checkOptional(`mydog.${name}`, options[name], 'function');
  if (transport !== 'tcp' && transport !== 'ws' && transport !== 'both')
    refuseOption('mydog.transport', transport, '"tcp", "ws" or "both"', 'Leave it out for "both".');
  if (!(typeof heartbeat === 'number' && heartbeat >= 0 && heartbeat <= 86_400))
    refuseOption('mydog.heartbeat', heartbeat, 'a number of seconds from 0 to 86400', 'For example 60.');
  if (maxConnectionNum !== undefined)
    checkInteger('mydog.maxConnectionNum', maxConnectionNum, 1, 2 ** 31 - 1);
  if (maxLen !== undefined) checkInteger('mydog.maxLen', maxLen, 1, MAX_FRAME_BYTES);
  if (interval !== undefined) checkInteger('mydog.interval', interval, 10, 60_000);
  checkRoutes('mydog.routes', options.routes);
  checkRoutes('mydog.pushRoutes', options.pushRoutes);
  return { ...options, transport, heartbeat, edge: resolveEdge('mydog.', options) };
}

function checkRoutes(option: string, routes: unknown): void {
  if (routes === undefined) return;
  const isList =
    Array.isArray(routes) &&
    routes.length <= MAX_ROUTES &&
    routes.every((route) => typeof route === 'string') &&
    new Set(routes).size === routes.length;
  if (!isList)
    refuseOption(
      option,
      routes,
      `a list of at most ${MAX_ROUTES} different routes`,
      'For example ["chat.main.say"].',
    );
}
