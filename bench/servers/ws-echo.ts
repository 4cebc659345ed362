/** WebSocket without any protocol: what comes goes back. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { greetWithPort } from './greet-with-port.js';

const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false });
sockets.on('connection', (socket) => {
  socket.on('message', (bytes, binary) => socket.send(bytes, { binary }));
  socket.on('error', () => socket.terminate());
});
void greetWithPort(server.listen(0, '127.0.0.1'));
