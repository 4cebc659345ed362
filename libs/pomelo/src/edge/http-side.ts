import { Logger } from '@nestjs/common';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ClientManager } from '../connectors/connector.interface.js';
import { reportReject } from '../diagnostics.js';
import type { Arrival, Peer } from './arrival.js';
import type { ResolvedEdge } from './edge-options.js';
import { HttpConnection } from './http-connection.js';
import { refuseHttp } from './http-refusal.js';
import { checkOwnMethod, ownAnswer, sendOwnAnswer } from './own-pages.js';
import { looksLikeProxyHead } from './proxy-protocol.js';
import {
  BAD_UPGRADE,
  checkRequest,
  checkUpgrade,
  MAX_HEADERS,
  type RequestRefusal,
} from './request-checks.js';

/** More chunks of one message than this are joined by the WebSocket library; its default allows megabytes of them. */
const MAX_BUFFERED_CHUNKS = 4096;
/** Time between two lines of the log about refused origins, in ms. */
const QUIET_MS = 60_000;

/** Called with a WebSocket, the socket below it, and who is behind it; `acceptedAt` is when its upgrade request began. */
export type WebSocketListener = (webSocket: WebSocket, socket: Socket, peer: Peer) => void;

/** An error of the HTTP parser. */
type ParserError = Error & { readonly code?: string; readonly rawPacket?: Buffer };

/**
 * The HTTP connections of the port: WebSocket upgrades become clients, other requests go to the HTTP application.
 * Its server never listens; connections are handed to it.
 */
export class HttpSide {
  private readonly logger = new Logger('Pomelo');
  private readonly server: Server;
  private readonly upgrades: WebSocketServer;
  /** Their deadlines are ours: a server that does not listen has none. */
  private readonly connections = new Map<Duplex, HttpConnection>();
  private loggedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly manager: ClientManager,
    private readonly edge: ResolvedEdge,
    maxMessageBytes: number,
    private readonly onWebSocket: WebSocketListener,
  ) {
    // We look for the Host header ourselves, to count requests without one.
    this.server = createServer({ requireHostHeader: false }, (request, response) =>
      this.answer(request, response),
    );
    this.server.maxHeadersCount = MAX_HEADERS;
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.server.on('clientError', (error, socket) => this.refuseBytes(error, socket));
    const options = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      autoPong: false,
      maxPayload: maxMessageBytes,
      maxFragments: manager.limits.messageFragments,
      maxBufferedChunks: MAX_BUFFERED_CHUNKS,
    };
    this.upgrades = new WebSocketServer(options);
    this.upgrades.on('wsClientError', (_error, socket) => refuse(socket, BAD_UPGRADE));
  }

  /** Takes a connection that begins like HTTP. */
  accept(socket: Socket, arrival: Arrival): void {
    this.connections.set(socket, new HttpConnection(socket, arrival));
    socket.once('close', () => this.connections.delete(socket));
    this.server.emit('connection', socket);
  }

  /** Cuts connections that owe the rest of a request since before `limit`. */
  sweep(limit: number): void {
    const now = performance.now();
    for (const [socket, connection] of this.connections) {
      const since = connection.owesSince(now);
      if (since === undefined || since > limit) continue;
      this.connections.delete(socket);
      reportReject('handshake', 'handshake_timeout', 'http');
      socket.destroy();
    }
  }

  /** Cuts every connection that is still HTTP. */
  close(): void {
    for (const socket of this.connections.keys()) socket.destroy();
    this.upgrades.close();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.connections.get(request.socket);
    // Of requests that were sent in one piece, only the first is answered when that answer says `close`.
    if (connection === undefined || connection.isOver) return;
    connection.begin(request, response);
    const refusal = checkRequest(request);
    if (refusal === undefined && this.manager.handleHttp(request, response)) return;
    connection.isOver = true;
    const last = refusal ?? checkOwnMethod(request);
    if (last !== undefined) {
      refuse(request.socket, last);
      return;
    }
    const answer = ownAnswer(request, this.manager.isReady());
    if (answer.reason !== undefined) reportReject('transport', answer.reason, 'http');
    sendOwnAnswer(response, answer);
  }

  private upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const connection = this.connections.get(stream);
    if (connection === undefined || connection.isOver) {
      stream.destroy();
      return;
    }
    const { socket } = request;
    const refusal =
      checkRequest(request) ?? checkUpgrade(request, this.edge.origins, socket instanceof TLSSocket);
    if (refusal !== undefined) {
      if (refusal.reason === 'origin') this.logOrigin(request.headers.origin);
      refuse(stream, refusal);
      return;
    }
    const peer = this.peerOf(request, connection);
    if (peer === undefined) return;
    this.upgrades.handleUpgrade(request, stream, head, (webSocket) => {
      this.connections.delete(stream);
      this.onWebSocket(webSocket, socket, peer);
    });
  }

  /** Who is behind a proxy; `undefined` when it was refused. */
  private peerOf(request: IncomingMessage, connection: HttpConnection): Peer | undefined {
    const { arrival } = connection;
    const acceptedAt = connection.headSince(performance.now());
    const isForwarded = request.headers['x-forwarded-for'] !== undefined;
    if (isForwarded && !arrival.isTrusted) reportReject('transport', 'xff_untrusted', 'http');
    if (!isForwarded || !arrival.isTrusted) return { ...identityOf(arrival), acceptedAt };
    const address = this.edge.proxies.clientOf(request, arrival.address);
    const refusal = this.edge.denied.has(address) ? 'ip_denied' : arrival.ticket.identify(address);
    if (refusal === undefined) return { ...identityOf(arrival), address, acceptedAt };
    refuse(request.socket, {
      status: refusal === 'ip_denied' ? 403 : 429,
      reason: refusal,
      headers: { 'Retry-After': '1' },
    });
    return undefined;
  }

  /** What the HTTP parser cannot read. */
  private refuseBytes({ code, rawPacket }: ParserError, socket: Duplex): void {
    if (code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const connection = this.connections.get(socket);
    if (connection?.isOver === true) return;
    if (connection !== undefined) connection.isOver = true;
    const isProxy = rawPacket !== undefined && looksLikeProxyHead(rawPacket);
    reportReject('transport', isProxy ? 'proxy_untrusted' : 'http_bad', 'http');
    refuseHttp(socket, code === 'HPE_HEADER_OVERFLOW' ? 431 : 400);
  }

  private logOrigin(origin: string | undefined): void {
    const now = performance.now();
    if (now - this.loggedAt < QUIET_MS) return;
    this.loggedAt = now;
    const shown = JSON.stringify(origin?.slice(0, 128));
    this.logger.warn(`A WebSocket of a page of ${shown} was refused: name its origin in the option origins.`);
  }
}

function identityOf({ address, certificateName }: Arrival): Omit<Peer, 'acceptedAt'> {
  return { address, certificateName };
}

function refuse(socket: Duplex, { status, reason, headers }: RequestRefusal): void {
  reportReject('transport', reason, 'http');
  refuseHttp(socket, status, headers);
}
