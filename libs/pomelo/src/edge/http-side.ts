import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { WebSocket, WebSocketServer } from 'ws';
import type { ClientManager } from '../connectors/connector.interface.js';
import { reportReject } from '../diagnostics.js';
import type { Arrival, Peer } from './arrival.js';
import type { ConnectionTicket } from './connection-quota.js';
import type { ResolvedEdge } from './edge-options.js';
import { HttpConnection } from './http-connection.js';
import type { HttpProtocol } from './http-protocol.js';
import { refuse, refuseHttp } from './http-refusal.js';
import { checkOwnMethod, ownAnswer, sendOwnAnswer } from './own-pages.js';
import { looksLikeProxyHead } from './proxy-protocol.js';
import {
  checkOrigin,
  checkRequest,
  checkUpgrade,
  MAX_HEADERS,
  REFUSED_BY_APPLICATION,
  WRONG_PATH,
  type RequestRefusal,
} from './request-checks.js';
import { QuietLog } from './quiet-log.js';
import { webSocketServer } from './web-socket-server.js';

/** Called with a WebSocket, the socket below it, and who is behind it; `acceptedAt` is when its upgrade request began. */
export type WebSocketListener = (webSocket: WebSocket, socket: Socket, peer: Peer) => void;

/** Looks at an upgrade request that is otherwise in order; what it throws, or rejects with, refuses it with 400. */
export type UpgradeCheck = (request: IncomingMessage) => unknown;

/** What becomes of the upgrades and requests of a port. */
export interface HttpTargets {
  /** A client over WebSocket; for ports without a `protocol`. */
  readonly webSocket?: WebSocketListener;
  /** Looks at the upgrade request of a client over WebSocket. */
  readonly checkUpgrade?: UpgradeCheck;
  /** Takes the upgrades of the port, and the requests of its path. */
  readonly protocol?: HttpProtocol;
}

/** An error of the HTTP parser. */
type ParserError = Error & { readonly code?: string; readonly rawPacket?: Buffer };

/**
 * The HTTP connections of the port: WebSocket upgrades become clients, other requests go to the HTTP application.
 * Its server never listens; connections are handed to it.
 */
export class HttpSide {
  private readonly log = new QuietLog();
  private readonly server: Server;
  private readonly upgrades: WebSocketServer;
  /** Their deadlines are ours: a server that does not listen has none. */
  private readonly connections = new Map<Duplex, HttpConnection>();

  constructor(
    private readonly manager: ClientManager,
    private readonly edge: ResolvedEdge,
    maxMessageBytes: number,
    private readonly targets: HttpTargets,
  ) {
    // We look for the Host header ourselves, to count requests without one.
    this.server = createServer({ requireHostHeader: false }, (request, response) =>
      this.answer(request, response),
    );
    this.server.maxHeadersCount = MAX_HEADERS;
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.server.on('clientError', (error, socket) => this.refuseBytes(error, socket));
    this.upgrades = webSocketServer(manager.limits, maxMessageBytes);
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
    if (refusal === undefined && this.handOver(request, response, connection)) return;
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

  /** Finds somebody who answers a request; false when there is nobody. */
  private handOver(request: IncomingMessage, response: ServerResponse, connection: HttpConnection): boolean {
    const { protocol } = this.targets;
    if (protocol?.owns(request) !== true) return this.manager.handleHttp(request, response);
    const refusal = checkOrigin(request, this.edge.origins, request.socket instanceof TLSSocket);
    if (refusal !== undefined) {
      connection.isOver = true;
      this.refuseChecked(request, refusal);
      return true;
    }
    // A proxy sends the requests of many clients over one connection, which therefore counts for none of them.
    const peer = this.peerOf(request, connection, undefined);
    if (peer !== undefined) protocol.answer(request, response, peer);
    return true;
  }

  private upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const connection = this.connections.get(stream);
    if (connection === undefined || connection.isOver) {
      stream.destroy();
      return;
    }
    const { socket } = request;
    const { protocol, checkUpgrade: check } = this.targets;
    const refusal =
      checkRequest(request) ??
      checkUpgrade(request, this.edge.origins, socket instanceof TLSSocket) ??
      (protocol?.owns(request) === false ? WRONG_PATH : undefined);
    if (refusal !== undefined) {
      this.refuseChecked(request, refusal);
      return;
    }
    const peer = this.peerOf(request, connection, connection.arrival.ticket);
    if (peer === undefined) return;
    const accept = (): void => this.shakeHands(request, head, peer);
    if (check === undefined) accept();
    else void this.whenAllowed(check, request, stream, accept);
  }

  private shakeHands(request: IncomingMessage, head: Buffer, peer: Peer): void {
    const { socket } = request;
    const { protocol, webSocket: listener } = this.targets;
    if (protocol !== undefined) {
      this.connections.delete(socket);
      protocol.upgrade(request, socket, head, peer);
      return;
    }
    this.upgrades.handleUpgrade(request, socket, head, (webSocket) => {
      this.connections.delete(socket);
      listener?.(webSocket, socket, peer);
    });
  }

  private refuseChecked(request: IncomingMessage, refusal: RequestRefusal): void {
    if (refusal.reason === 'origin') this.logOrigin(request.headers.origin);
    refuse(request.socket, refusal);
  }

  /** The connection keeps its deadline meanwhile. */
  private async whenAllowed(
    check: UpgradeCheck,
    request: IncomingMessage,
    stream: Duplex,
    accept: () => void,
  ): Promise<void> {
    try {
      await check(request);
    } catch {
      refuse(stream, REFUSED_BY_APPLICATION);
      return;
    }
    accept();
  }

  /** Who is behind a proxy; `undefined` when it was refused. */
  private peerOf(
    request: IncomingMessage,
    connection: HttpConnection,
    ticket: ConnectionTicket | undefined,
  ): Peer | undefined {
    const { arrival } = connection;
    const acceptedAt = connection.headSince(performance.now());
    const isForwarded = request.headers['x-forwarded-for'] !== undefined;
    if (isForwarded && !arrival.isTrusted) reportReject('transport', 'xff_untrusted', 'http');
    if (!isForwarded || !arrival.isTrusted) return { ...identityOf(arrival), acceptedAt };
    const address = this.edge.proxies.clientOf(request, arrival.address);
    const refusal = this.edge.denied.has(address) ? 'ip_denied' : ticket?.identify(address);
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
    const shown = JSON.stringify(origin?.slice(0, 128));
    this.log.warn(`A WebSocket of a page of ${shown} was refused: name its origin in the option origins.`);
  }
}

function identityOf({ address, certificateName }: Arrival): Omit<Peer, 'acceptedAt'> {
  return { address, certificateName };
}
