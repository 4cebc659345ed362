import { connect, type Socket } from 'node:net';
import { connect as connectSecurely, type ConnectionOptions } from 'node:tls';
import { HELLO } from '../../conformance/support/wire-bytes.js';

/** Connects and says nothing; gives how the server ends it. */
export function turnedAway(port: number, localAddress = '127.0.0.1'): Promise<'fin' | 'reset'> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  return endOf(socket);
}

/** Connects over TLS and offers a handshake as soon as it may; gives whether the server answers it. */
export async function isAnswered(port: number, options: ConnectionOptions): Promise<boolean> {
  const socket = connectSecurely({ port, host: '127.0.0.1', servername: 'localhost', ...options });
  let answered = false;
  socket.on('data', () => {
    answered = true;
    socket.end();
  });
  socket.on('secureConnect', () => socket.write(HELLO));
  await endOf(socket);
  return answered;
}

async function endOf(socket: Socket): Promise<'fin' | 'reset'> {
  let how: 'fin' | 'reset' = 'fin';
  socket.on('error', () => (how = 'reset'));
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
  return how;
}
