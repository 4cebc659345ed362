/** The codec by hand on `ws`, with frames of its own below it: what a framework over WebSocket can come near to. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { greetWithPort } from './greet-with-port.js';
import { WEB_SOCKET_FRAME } from './minimal/codec.js';
import { MinimalClient } from './minimal/minimal-client.js';
import { minimalServer } from './minimal/minimal-server.js';

const minimal = minimalServer(WEB_SOCKET_FRAME);
const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false });
sockets.on('connection', (webSocket, { socket }) => {
  const client = new MinimalClient(minimal, socket);
  webSocket.on('message', (bytes: Buffer) => client.onPackages(bytes));
  webSocket.on('error', () => webSocket.terminate());
  webSocket.on('close', () => minimal.room.remove(client));
});
void greetWithPort(server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }));
