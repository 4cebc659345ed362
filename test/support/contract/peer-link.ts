import { connect } from 'node:net';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** The transport of a {@link PomeloPeer}: bytes, in pieces or not. */
export interface PeerLink {
  send(bytes: Uint8Array): void;
  sendInPieces(bytes: Uint8Array): Promise<void>;
  stopReading(): void;
  close(): void;
  abort(): void;
  readonly closed: Promise<unknown>;
}

/** Connects over TCP. */
export async function tcpLink(port: number, onBytes: (bytes: Uint8Array) => void): Promise<PeerLink> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  socket.on('error', () => {}).on('data', onBytes);
  return {
    closed,
    send: (bytes) => void socket.write(bytes),
    sendInPieces: async (bytes) => {
      for (const byte of bytes) {
        socket.write(Buffer.of(byte));
        // The server runs in this process: it reads what has come before the next byte leaves.
        await turn();
        await turn();
      }
    },
    stopReading: () => void socket.pause(),
    close: () => void socket.end(),
    abort: () => void socket.resetAndDestroy(),
  };
}

/** Connects over WebSocket. */
export async function webSocketLink(port: number, onBytes: (bytes: Uint8Array) => void): Promise<PeerLink> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => {}).on('message', (bytes: Buffer) => onBytes(bytes));
  await Promise.race([
    once(socket, 'open'),
    closed.then(() => Promise.reject(new Error('The WebSocket was refused.'))),
  ]);
  return {
    closed,
    send: (bytes) => socket.send(bytes),
    sendInPieces: async (bytes) => {
      for (const [index, byte] of bytes.entries()) {
        socket.send(Buffer.of(byte), { fin: index === bytes.length - 1 });
        await turn();
        await turn();
      }
    },
    stopReading: () => socket.pause(),
    close: () => socket.close(),
    abort: () => socket.terminate(),
  };
}
