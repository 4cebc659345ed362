import type { ClusterDriver } from 'nestjs-pomelo';
import { nats } from 'nestjs-pomelo/nats';
import { parseArgs } from 'node:util';

/** Ports of the other protocols; 0 takes a free one, undefined serves none. */
export interface OtherPorts {
  readonly mydogTcp?: number;
  readonly mydogWs?: number;
  readonly gateTcp?: number;
  readonly gateWs?: number;
  /** Of the gate's packs. */
  readonly encryptKey?: string;
  readonly sio?: number;
}

/** What the command line of the conformance server decides. */
export interface ConformanceSettings extends OtherPorts {
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
  /** Beside others: routes `chat.echoHandler.*` are those of `connector.echoHandler`, on the servers that host `chat`. */
  readonly cluster?: ClusterDriver;
  /** Types that this process hosts; only `connector` has clients. */
  readonly types?: readonly string[];
}

/** How the command is called. */
export const USAGE =
  'Usage: conformance:server -- --port N [--heartbeat S] [--dictionary] [--protobuf] [--buffer MS] [--limits off] [--tls] [--metrics PORT]\n' +
  '  [--mydog-tcp PORT] [--mydog-ws PORT] [--gate-tcp PORT] [--gate-ws PORT] [--encrypt-key K] [--sio PORT]\n' +
  '  [--cluster nats://HOST:PORT --types connector,chat]';

/** Reads the command line; `undefined` when it is not as {@link USAGE} says. */
export function readSettings(args: readonly string[]): ConformanceSettings | undefined {
  const values = parse(args);
  if (values === undefined) return undefined;
  const port = number(values.port);
  const heartbeat = number(values.heartbeat);
  const buffer = number(values.buffer);
  const metrics = number(values.metrics);
  const limits = values.limits;
  const others = otherPorts(values);
  const numbers = [port, heartbeat, buffer, metrics, ...Object.values(others)];
  if (port === undefined || numbers.some(Number.isNaN)) return undefined;
  if (limits !== undefined && limits !== 'off') return undefined;
  if ((values.cluster === undefined) !== (values.types === undefined)) return undefined;
  return {
    port,
    ...(heartbeat === undefined ? {} : { heartbeat }),
    dictionary: values.dictionary === true,
    protobuf: values.protobuf === true,
    tls: values.tls === true,
    ...(buffer === undefined ? {} : { buffer }),
    ...(limits === undefined ? {} : { limits: false }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(values.cluster === undefined ? {} : { cluster: nats({ servers: values.cluster.split(',') }) }),
    ...(values.types === undefined ? {} : { types: values.types.split(',') }),
    ...others,
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
        'mydog-tcp': { type: 'string' },
        'mydog-ws': { type: 'string' },
        'gate-tcp': { type: 'string' },
        'gate-ws': { type: 'string' },
        'encrypt-key': { type: 'string' },
        sio: { type: 'string' },
        cluster: { type: 'string' },
        types: { type: 'string' },
      },
    }).values;
  } catch {
    return undefined;
  }
}

function otherPorts(values: NonNullable<ReturnType<typeof parse>>): OtherPorts {
  const given = {
    mydogTcp: number(values['mydog-tcp']),
    mydogWs: number(values['mydog-ws']),
    gateTcp: number(values['gate-tcp']),
    gateWs: number(values['gate-ws']),
    encryptKey: values['encrypt-key'],
    sio: number(values.sio),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function number(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return text.trim() === '' ? Number.NaN : Number(text);
}
