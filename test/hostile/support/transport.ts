import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { clientCertificate, tlsText } from '../../support/tls-files.js';

/** How a client talks to the port: packages in a stream or in WebSocket messages, plain or through TLS. */
export type Transport = 'tcp' | 'ws' | 'tls' | 'wss';

/** A row is tried on all of them unless it says otherwise. */
export const EVERY_TRANSPORT: readonly Transport[] = ['tcp', 'ws', 'tls', 'wss'];
/** Those whose packages are in a stream. */
export const STREAMS: readonly Transport[] = ['tcp', 'tls'];
/** Those whose packages are in WebSocket messages. */
export const WEB_SOCKETS: readonly Transport[] = ['ws', 'wss'];

/** Packages travel in WebSocket messages. */
export function isFramed(transport: Transport): boolean {
  return WEB_SOCKETS.includes(transport);
}

/** What the counters call it: TLS changes nothing. */
export function labelOf(transport: Transport): 'tcp' | 'ws' {
  return isFramed(transport) ? 'ws' : 'tcp';
}

/** A connection, and the TCP socket under it, which alone can be reset. */
export interface Wire {
  readonly socket: Socket;
  readonly below: Socket;
}

/** Connects; what goes wrong after that is for the `close` event to tell. */
export async function openWire(port: number, transport: Transport): Promise<Wire> {
  const below = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(below, 'connect');
  below.on('error', () => {});
  if (transport === 'tcp' || transport === 'ws') return { socket: below, below };
  const trust = { ca: tlsText('authority.crt'), servername: 'localhost', ...clientCertificate('client') };
  const socket = connectSecurely({ socket: below, ...trust });
  await once(socket, 'secureConnect');
  socket.on('error', () => {});
  return { socket, below };
}
