import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import { Server, type ServerOptions, type Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import { reportReject } from '../../diagnostics.js';
import type { Peer } from '../../edge/arrival.js';
import type { ConnectionTicket } from '../../edge/connection-quota.js';
import type { HttpProtocol } from '../../edge/http-protocol.js';
import { refuse } from '../../edge/http-refusal.js';
import { frameRefusal } from '../connection/socket-events.js';
import { webSocketEngine } from './engine-web-sockets.js';
import { EngineWire, type EngineConnection } from './engine-wire.js';
import { pollingTicket } from './polling-ticket.js';
import { SocketioClient, type EnginePacket } from './socketio-client.js';
import type { SocketioContext } from './socketio-context.js';
import { checkPoll, queryOf, WRONG_TRANSPORT } from './socketio-requests.js';
import type { ResolvedSocketioOptions } from './socketio.options.js';
import { LONGEST_TIMER_MS } from '../../timing/longest-timer.js';

/** The engine's word for a request that `allowRequest` did not want; it has been counted. */
const FORBIDDEN = 4;
/** Deadlines of clients are ours. */
const NEVER_MS = LONGEST_TIMER_MS;
/** Room for what stands around a message. */
const ENVELOPE_BYTES = 64;

/** The request with which a client came, or on which it moves to a WebSocket. */
interface Visit {
  readonly peer: Peer;
  /** Of a client that polls. */
  ticket?: ConnectionTicket;
  webSocket?: WebSocket;
  client?: SocketioClient;
}

/** socket.io behind a port of ours: its requests come from the port, checked, and its sockets become clients. */
export class SocketioEngine implements HttpProtocol {
  /** Never listens: requests are handed to it. */
  private readonly inlet = createServer();
  private readonly io: Server;
  private readonly visits = new WeakMap<IncomingMessage, Visit>();
  private readonly byConnection = new WeakMap<EngineConnection, SocketioClient>();
  private readonly byId = new Map<string, SocketioClient>();
  private isClosing = false;

  constructor(
    private readonly context: SocketioContext,
    private readonly options: ResolvedSocketioOptions,
  ) {
    this.io = new Server(this.inlet, this.serverOptions());
    this.io.engine.on('connection', (connection: EngineConnection) => this.meet(connection));
    this.io.engine.on('connection_error', ({ code }: { readonly code: number }) => {
      if (code !== FORBIDDEN) reportReject('transport', 'http_bad', 'http');
    });
    this.io.use((socket, next) => this.clientOf(socket)?.onAsked(socket, next));
    this.io.on('connection', (socket) => this.clientOf(socket)?.onConnected(socket));
  }

  owns({ url = '' }: IncomingMessage): boolean {
    return url.startsWith(`${this.options.path}/`);
  }

  answer(request: IncomingMessage, response: ServerResponse, peer: Peer): void {
    const refusal = checkPoll(request);
    if (refusal !== undefined) {
      refuse(request.socket, refusal);
      return;
    }
    const proceed = (): void => void this.inlet.emit('request', request, response);
    const client = this.clientNamedBy(request);
    if (client !== undefined) {
      client.onRequest(request, response, proceed);
      return;
    }
    this.visits.set(request, { peer });
    proceed();
  }

  upgrade(request: IncomingMessage, socket: TcpSocket, head: Buffer, peer: Peer): void {
    this.visits.set(request, { peer });
    // Without the transport `websocket` nobody listens.
    if (!this.inlet.emit('upgrade', request, socket, head)) refuse(socket, WRONG_TRANSPORT);
  }

  /** Says goodbye to everybody, and waits until they have heard it: whoever polls comes once more to do so. */
  async close(): Promise<void> {
    this.isClosing = true;
    const clients = [...this.byId.values()];
    for (const client of clients) client.close('stopping');
    await Promise.all(clients.map(({ wire }) => wire.gone));
    await this.io.close();
  }

  private serverOptions(): Partial<ServerOptions> {
    const { path, transports, heartbeatInterval, heartbeatTimeout } = this.options;
    const { limits } = this.context;
    return {
      path,
      transports: [...transports],
      pingInterval: heartbeatInterval,
      pingTimeout: heartbeatTimeout,
      connectTimeout: NEVER_MS,
      upgradeTimeout: limits.handshakeMs,
      // JSON within JSON: each of its quotes and backslashes travels as two characters.
      maxHttpBufferSize: Math.max(2 * limits.packageBytes, limits.handshakeBytes) + ENVELOPE_BYTES,
      allowEIO3: true,
      serveClient: false,
      httpCompression: false,
      // The port has refused the origins that may not ask.
      cors: { origin: true, credentials: true },
      allowRequest: (request, decide) => decide(undefined, this.mayCome(request)),
      wsEngine: webSocketEngine(limits, (request, webSocket) => this.watch(request, webSocket)),
    };
  }

  /** Whether a new client may come. */
  private mayCome(request: IncomingMessage): boolean {
    const visit = this.visits.get(request);
    if (visit === undefined || this.isClosing) return false;
    if (request.headers.upgrade !== undefined) return true;
    const ticket = pollingTicket(
      this.context.manager.connections,
      this.options.edge.proxies,
      visit.peer.address,
    );
    if (ticket !== undefined) visit.ticket = ticket;
    return ticket !== undefined;
  }

  /** A WebSocket of a new client, or of one that has polled so far. */
  private watch(request: IncomingMessage, webSocket: WebSocket): void {
    const visit = this.visits.get(request);
    if (visit === undefined) return;
    webSocket.on('error', (error) => visit.client?.onFrameError(frameRefusal(error)));
    webSocket.on('ping', (data) => visit.client?.onPing(data));
    visit.webSocket = webSocket;
    const client = this.clientNamedBy(request);
    if (client === undefined) return;
    visit.client = client;
    client.wire.probe(webSocket, request.socket);
  }

  /** A client has come; what it wants is not known yet. */
  private meet(connection: EngineConnection): void {
    const { request } = connection;
    const visit = this.visits.get(request);
    if (visit === undefined) {
      connection.close(true);
      return;
    }
    const { peer, webSocket, ticket } = visit;
    const wire = new EngineWire(connection);
    if (webSocket !== undefined) wire.carryBy(webSocket, request.socket);
    const client = new SocketioClient(this.context, wire, peer, connection.protocol);
    visit.client = client;
    const { sid } = connection.transport;
    this.byId.set(sid, client);
    this.byConnection.set(connection, client);
    connection.on('packet', (packet: EnginePacket) => client.onPacket(packet));
    // Its WebSocket counts as a connection itself.
    connection.once('upgrade', () => ticket?.leave());
    connection.once('close', (reason: string) => {
      ticket?.leave();
      this.byId.delete(sid);
      client.onEngineClosed(reason);
    });
  }

  private clientOf({ conn }: Socket): SocketioClient | undefined {
    return this.byConnection.get(conn);
  }

  private clientNamedBy(request: IncomingMessage): SocketioClient | undefined {
    const { sid } = queryOf(request);
    return sid === undefined ? undefined : this.byId.get(sid);
  }
}
