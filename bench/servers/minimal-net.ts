/** The codec by hand on `net`: what a framework over TCP can come near to. */
import { createServer } from 'node:net';
import { greetWithPort } from './greet-with-port.js';
import { MinimalClient } from './minimal/minimal-client.js';
import { minimalServer } from './minimal/minimal-server.js';

const minimal = minimalServer();
const server = createServer({ noDelay: true }, (socket) => {
  const client = new MinimalClient(minimal, socket);
  socket.on('data', (bytes: Buffer) => client.onBytes(bytes));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => minimal.room.remove(client));
});
void greetWithPort(server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }));
