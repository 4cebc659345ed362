/** TCP without any protocol: what comes goes back. */
import { createServer } from 'node:net';
import { greetWithPort } from './greet-with-port.js';

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', (bytes) => socket.write(bytes));
  socket.on('error', () => socket.destroy());
});
void greetWithPort(server.listen(0, '127.0.0.1'));
