/** Colyseus over WebSocket: one room, without a state of its own. */
const { createServer } = require('node:http');
const { Room, Server } = require('@colyseus/core');
const { WebSocketTransport } = require('@colyseus/ws-transport');

const { port } = JSON.parse(process.argv[2]);

class BenchRoom extends Room {
  maxClients = 100_000;
  autoDispose = false;
  patchRate = null;

  onCreate() {
    this.onMessage('echo', (client, body) => client.send('echo', body));
    this.onMessage('bcast', (_client, body) => this.broadcast('bcast', body));
  }
}

const server = new Server({ greet: false, transport: new WebSocketTransport({ server: createServer() }) });
server.define('bench', BenchRoom);
void server.listen(port, '127.0.0.1').then(() => process.send({ number: 0, value: { port } }));
