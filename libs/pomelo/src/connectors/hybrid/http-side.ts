import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { reportReject } from '../../diagnostics.js';
import type { ClientManager } from '../connector.interface.js';

/** Fragments of one WebSocket message; the default of the library costs megabytes a connection. */
const MAX_FRAGMENTS = 256;

/** Called with a WebSocket and the socket below it. */
export type WebSocketListener = (webSocket: WebSocket, socket: Socket, acceptedAt: number) => void;

/**
 * The HTTP connections of the port: WebSocket upgrades become clients, other requests go to the HTTP application.
 * Its server never listens; connections are handed to it.
 */
export class HttpSide {
  private readonly server: Server;
  private readonly upgrades: WebSocketServer;
  private readonly sockets = new Map<Socket, number>();
  /** Connections without a complete request yet: their deadline is ours, a server that does not listen has none. */
  private readonly waiting = new Set<Socket>();

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
    this.sockets.set(socket, acceptedAt);
    this.waiting.add(socket);
    socket.once('close', () => this.release(socket));
    this.server.emit('connection', socket);
  }

  /** Cuts connections that have not finished their first request since before `limit`. Gives how many. */
  sweep(limit: number): number {
    let count = 0;
    for (const socket of this.waiting) {
      if ((this.sockets.get(socket) ?? Infinity) > limit) continue;
      socket.destroy();
      count += 1;
    }
    return count;
  }

  /** Cuts every connection that is still HTTP. */
  close(): void {
    for (const socket of this.sockets.keys()) socket.destroy();
    this.upgrades.close();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    this.waiting.delete(request.socket);
    if (this.manager.handleHttp(request, response)) return;
    reportReject('transport', 'http_get', 'http');
    response.writeHead(426, { Connection: 'close', Upgrade: 'websocket', 'Content-Type': 'text/plain' });
    response.end('This port speaks WebSocket and Pomelo over TCP.\n');
  }

  private upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const socket = request.socket;
    const acceptedAt = this.sockets.get(socket) ?? 0;
    this.upgrades.handleUpgrade(request, stream, head, (webSocket) => {
      this.release(socket);
      this.onWebSocket(webSocket, socket, acceptedAt);
    });
  }

  private release(socket: Socket): void {
    this.sockets.delete(socket);
    this.waiting.delete(socket);
  }
}
