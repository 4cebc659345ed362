import { join } from 'node:path';
import type { Protocol } from '../load/dialects/index.js';

/** A server that is measured. */
export interface ServerKind {
  /** In the tables. */
  readonly name: string;
  /** Below `servers`, or a path. */
  readonly program: string;
  readonly protocol: Protocol;
  readonly transport: 'tcp' | 'ws';
  /** Is installed only for `bench:peers`. */
  readonly isPeer?: boolean;
}

const PEERS = join(import.meta.dirname, '../../../bench/peers');

function peer(name: string, folder: string, protocol: Protocol, transport: 'tcp' | 'ws'): ServerKind {
  return { name, program: join(PEERS, folder, 'server.js'), protocol, transport, isPeer: true };
}

/** Every server, by the name that it has in the code, in the order of the tables. */
export const SERVERS = {
  net: { name: '`net`, no protocol', program: 'servers/net-echo', protocol: 'plain', transport: 'tcp' },
  limitTcp: { name: 'by hand, TCP', program: 'servers/minimal-net', protocol: 'pomelo', transport: 'tcp' },
  oursTcp: { name: '**ours, TCP**', program: 'servers/ours', protocol: 'pomelo', transport: 'tcp' },
  pomeloTcp: peer('Pomelo 2.2.7, TCP', 'pomelo', 'pomelo', 'tcp'),
  pinusTcp: peer('pinus 1.7.4, TCP', 'pinus', 'pomelo', 'tcp'),
  mydogTcp: peer('mydog 2.3.0, TCP', 'mydog', 'mydog', 'tcp'),
  ws: { name: '`ws`, no protocol', program: 'servers/ws-echo', protocol: 'plain', transport: 'ws' },
  limitWs: { name: 'by hand, WebSocket', program: 'servers/minimal-ws', protocol: 'pomelo', transport: 'ws' },
  oursWs: { name: '**ours, WebSocket**', program: 'servers/ours', protocol: 'pomelo', transport: 'ws' },
  nestWs: { name: 'Nest, `WsAdapter`', program: 'servers/nest-ws', protocol: 'nest', transport: 'ws' },
  socketIo: { name: 'socket.io 4', program: 'servers/socket-io', protocol: 'socketIo', transport: 'ws' },
  nestIo: {
    name: 'Nest, `IoAdapter`',
    program: 'servers/nest-socket-io',
    protocol: 'socketIo',
    transport: 'ws',
  },
  pomeloWs: peer('Pomelo 2.2.7, WebSocket', 'pomelo', 'pomelo', 'ws'),
  pinusWs: peer('pinus 1.7.4, WebSocket', 'pinus', 'pomelo', 'ws'),
  mydogWs: peer('mydog 2.3.0, WebSocket', 'mydog', 'mydog', 'ws'),
  colyseus: peer('colyseus 0.18', 'colyseus', 'colyseus', 'ws'),
} as const satisfies Readonly<Record<string, ServerKind>>;

/** One of the servers. */
export type ServerKey = keyof typeof SERVERS;

/** All of them, in the order of the tables. */
export const SERVER_KEYS = Object.keys(SERVERS) as ServerKey[];

/** What is known of one. */
export function kindOf(key: ServerKey): ServerKind {
  return SERVERS[key];
}
