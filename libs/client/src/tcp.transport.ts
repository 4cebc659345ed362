import { connect, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Endpoint } from './endpoint.js';
import { streamFraming } from './framing.js';
import { CLOSE_GRACE_MS, type Transport, type TransportFactory } from './transport.js';

/**
 * A transport over TCP sockets. `dial` makes a socket that is connecting; give one that calls `tls.connect` for a server
 * with TLS under its TCP port.
 */
export function tcpTransport(dial: (endpoint: Endpoint) => Socket = dialTcp): TransportFactory {
  return (endpoint, sink, signal) => {
    const socket = dial(endpoint);
    let failure: Error | undefined;
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () =>
      sink.onOpen(new TcpTransport(socket)),
    );
    socket.on('data', (chunk) => sink.onBytes(chunk));
    socket.on('error', (error) => (failure = error));
    socket.once('close', () => sink.onEnd(failure));
  };
}

function dialTcp({ host, port }: Endpoint): Socket {
  return connect({ host, port, noDelay: true });
}

class TcpTransport implements Transport {
  readonly framing = streamFraming;

  constructor(private readonly socket: Socket) {}

  send(bytes: Uint8Array): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  close(): void {
    if (this.socket.destroyed) return;
    const grace = setTimeout(() => this.socket.destroy(), CLOSE_GRACE_MS);
    this.socket.once('close', () => clearTimeout(grace));
    this.socket.destroySoon();
  }
}
