import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { reportReject } from '../diagnostics.js';
import type { ClientManager } from '../connectors/connector.interface.js';
import { HttpConnection } from './http-connection.js';

/** Fragments of one WebSocket message; the default of the library costs megabytes a connection. */
const MAX_FRAGMENTS = 256;

/** Called with a WebSocket, the socket below it, and when its upgrade request began, as `performance.now()`. */
export type WebSocketListener = (webSocket: WebSocket, socket: Socket, since: number) => void;

/**
 * The HTTP connections of the port: WebSocket upgrades become clients, other requests go to the HTTP application.
 * Its server never listens; connections are handed to it.
 */
export class HttpSide {
  private readonly server: Server;
  private readonly upgrades: WebSocketServer;
  /** Their deadlines are ours: a server that does not listen has none. */
  private readonly connections = new Map<Socket, HttpConnection>();

  constructor(
    private readonly manager: ClientManager,
    private readonly onWebSocket: WebSocketListener,
  ) {
    this.server = createServer((request, response) => this.answer(request, response));
    this.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.upgrade(request, socket, head),
    );
    const options = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: manager.limits.packageBytes + 4,
      maxFragments: MAX_FRAGMENTS,
    };
    this.upgrades = new WebSocketServer(options);
  }

  /** Takes a connection that begins like HTTP. */
  accept(socket: Socket, acceptedAt: number): void {
    this.connections.set(socket, new HttpConnection(socket, acceptedAt));
    socket.once('close', () => this.connections.delete(socket));
    this.server.emit('connection', socket);
  }

  /** Cuts connections that owe the rest of a request since before `limit`. Gives how many. */
  sweep(limit: number): number {
    const now = performance.now();
    let count = 0;
    for (const [socket, connection] of this.connections) {
      const since = connection.owesSince(now);
      if (since === undefined || since > limit) continue;
      socket.destroy();
      count += 1;
    }
    return count;
  }

  /** Cuts every connection that is still HTTP. */
  close(): void {
    for (const socket of this.connections.keys()) socket.destroy();
    this.upgrades.close();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    this.connections.get(request.socket)?.begin(request, response);
    if (this.manager.handleHttp(request, response)) return;
    reportReject('transport', 'http_get', 'http');
    response.writeHead(426, { Connection: 'close', Upgrade: 'websocket', 'Content-Type': 'text/plain' });
    response.end('This port speaks WebSocket and Pomelo over TCP.\n');
  }

  private upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const { socket } = request;
    const since = this.connections.get(socket)?.headSince(performance.now());
    if (since === undefined) {
      stream.destroy();
      return;
    }
    this.upgrades.handleUpgrade(request, stream, head, (webSocket) => {
      this.connections.delete(socket);
      this.onWebSocket(webSocket, socket, since);
    });
  }
}
