import { parseArgs } from 'node:util';

/** What the command line of the conformance server decides. */
export interface ConformanceSettings {
  /** TCP port; 0 takes a free one. */
  readonly port: number;
  /** Seconds between heartbeats; undefined turns them off. */
  readonly heartbeat?: number;
  /** Sends the route dictionary, with the push routes of Pomelo's own test server. */
  readonly dictionary?: boolean;
  /** Sends the recorded protobuf schemas. */
  readonly protobuf?: boolean;
  /** Flush interval of the buffered push scheduler, in ms; undefined sends at once. */
  readonly buffer?: number;
  /** False lifts the flow limits. */
  readonly limits?: false;
  /** Everything goes through TLS, with the certificate of the tests. */
  readonly tls?: boolean;
  /** TCP port of `GET /metrics`, 0 for a free one; undefined serves none. */
  readonly metrics?: number;
}

/** How the command is called. */
export const USAGE =
  'Usage: conformance:server -- --port N [--heartbeat S] [--dictionary] [--protobuf] [--buffer MS] [--limits off] [--tls] [--metrics PORT]';

/** Reads the command line; `undefined` when it is not as {@link USAGE} says. */
export function readSettings(args: readonly string[]): ConformanceSettings | undefined {
  const values = parse(args);
  if (values === undefined) return undefined;
  const port = number(values.port);
  const heartbeat = number(values.heartbeat);
  const buffer = number(values.buffer);
  const metrics = number(values.metrics);
  const limits = values.limits;
  if (port === undefined || [port, heartbeat, buffer, metrics].some(Number.isNaN)) return undefined;
  if (limits !== undefined && limits !== 'off') return undefined;
  return {
    port,
    ...(heartbeat === undefined ? {} : { heartbeat }),
    dictionary: values.dictionary === true,
    protobuf: values.protobuf === true,
    tls: values.tls === true,
    ...(buffer === undefined ? {} : { buffer }),
    ...(limits === undefined ? {} : { limits: false }),
    ...(metrics === undefined ? {} : { metrics }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        heartbeat: { type: 'string' },
        dictionary: { type: 'boolean' },
        protobuf: { type: 'boolean' },
        tls: { type: 'boolean' },
        buffer: { type: 'string' },
        limits: { type: 'string' },
        metrics: { type: 'string' },
      },
    }).values;
  } catch {
    return undefined;
  }
}

function number(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return text.trim() === '' ? Number.NaN : Number(text);
}
