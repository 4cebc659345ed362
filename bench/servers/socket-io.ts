/** Socket.io, as it comes. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { greetWithPort } from './greet-with-port.js';

const server = createServer();
const io = new Server(server);
io.on('connection', (socket) => {
  socket.on('echo', (body: unknown, answer: (body: unknown) => void) => answer(body));
  socket.on('bcast', (body: unknown) => io.emit('onBroadcast', body));
});
void greetWithPort(server.listen(0, '127.0.0.1'));
