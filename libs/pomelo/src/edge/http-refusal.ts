import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { CLOSE_GRACE_MS } from './close-grace.js';
import { reportReject } from '../diagnostics.js';
import type { RequestRefusal } from './request-checks.js';

/** Refuses a request, counts it, and ends its connection. */
export function refuse(socket: Duplex, { status, reason, headers }: RequestRefusal): void {
  reportReject('transport', reason, 'http');
  refuseHttp(socket, status, headers);
}

/** Answers a request that got no response object, and ends its connection. */
export function refuseHttp(
  socket: Duplex,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const all = { ...headers, Connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const timer = setTimeout(() => socket.destroy(), CLOSE_GRACE_MS).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`);
  // Bytes that nobody reads would turn our FIN into a reset, which overtakes the answer.
  socket.resume();
}
