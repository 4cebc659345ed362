import { Logger } from '@nestjs/common';
import { RouteDictionary } from 'nestjs-pomelo-protocol';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { ListenAddress } from '../../cluster/server-info.interface.js';
import type { ClientManager, ClientMessage, ClientSocket, Connector } from '../connector.interface.js';
import { FlushQueue } from './flush-queue.js';
import { HandshakeReplies } from './handshake-replies.js';
import type { Peer } from '../../edge/arrival.js';
import { HttpSide } from '../../edge/http-side.js';
import { Intake } from '../../edge/intake.js';
import { HybridClient } from './hybrid-client.js';
import { HybridCodec, wrapMessage } from './hybrid-codec.js';
import type { HybridContext } from './hybrid-context.js';
import { resolveHybridOptions, type HybridOptions, type ResolvedHybridOptions } from './hybrid.options.js';
import { loadProtobuf, watchProtobuf, type ProtobufGeneration } from './protobuf-schemas.js';
import { listenToSocket, listenToWebSocket } from './socket-events.js';
import { WireProfiles } from './wire-profile.js';

const DEFAULT_BACKLOG = 1024;
const LONGEST_SWEEP_MS = 1000;
/** After this silence the system asks the other side whether it is still there, in ms; its own default is two hours. */
const KEEP_ALIVE_MS = 60_000;

/** Pomelo's hybridconnector: TCP, WebSocket and HTTP on one port, decided on the first byte. */
export class HybridConnector implements Connector {
  private readonly settings: ResolvedHybridOptions;
  private context: HybridContext | undefined;
  private codec: HybridCodec | undefined;
  private server: Server | undefined;
  private http: HttpSide | undefined;
  private intake: Intake | undefined;
  private sweeper: NodeJS.Timeout | undefined;
  private stopWatching: () => void = () => {};

  constructor(options: HybridOptions) {
    this.settings = resolveHybridOptions(options);
  }

  async start(manager: ClientManager): Promise<ListenAddress[]> {
    const context = this.createContext(manager);
    this.context = context;
    this.codec = new HybridCodec(manager.limits);
    const { edge } = this.settings;
    const http = new HttpSide(manager, edge, (webSocket, socket, peer) =>
      this.onWebSocket(webSocket, socket, peer),
    );
    const intake = new Intake(edge, manager.connections, {
      pomelo: (socket, chunk, peer) => this.onTcpClient(socket, chunk, peer),
      http: (socket, arrival) => http.accept(socket, arrival),
    });
    this.http = http;
    this.intake = intake;
    const { port, host, backlog = DEFAULT_BACKLOG } = this.settings;
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
    const server = createServer(options, (socket) => intake.accept(socket, context.now));
    this.server = server;
    server.listen({ port, backlog, ...(host === undefined ? {} : { host }) });
    await once(server, 'listening');
    server.on('error', (error) =>
      new Logger('Pomelo').error(`The listener of port ${port} failed: ${error.message}`),
    );
    this.startSweeping(context);
    const address = server.address() as AddressInfo;
    return [{ protocol: 'tcp+ws', host: address.address, port: address.port }];
  }

  async stop(): Promise<void> {
    clearInterval(this.sweeper);
    this.stopWatching();
    const { server, context } = this;
    if (server === undefined || context === undefined) return;
    const closed = server.listening ? new Promise((resolve) => server.close(resolve)) : undefined;
    this.intake?.close();
    this.http?.close();
    for (const client of context.clients) client.close('stopping');
    await closed;
  }

  /** Reads the certificates again, for new connections: for a signal handler. Connected clients keep theirs. */
  reload(): void {
    this.intake?.reload();
  }

  decode(client: ClientSocket, message: Buffer): ClientMessage | undefined {
    if (this.settings.decode !== undefined) return this.settings.decode(client, message);
    // Only this connector makes its clients.
    return this.codec?.decode(client as HybridClient, message);
  }

  encode(client: ClientSocket, id: number | undefined, route: string, body: unknown): Buffer {
    if (this.settings.encode !== undefined) return wrapMessage(this.settings.encode(client, id, route, body));
    if (this.codec === undefined) throw new Error('The connector has not been started.');
    return this.codec.encode(client as HybridClient, id, route, body);
  }

  encodingKey(client: ClientSocket): unknown {
    return this.settings.encode === undefined ? (client as HybridClient).profile : client;
  }

  private createContext(manager: ClientManager): HybridContext {
    const { settings } = this;
    const protobuf = settings.protobuf === undefined ? undefined : loadProtobuf(settings.protobuf);
    const context: HybridContext = {
      manager,
      limits: manager.limits,
      options: settings,
      flushQueue: new FlushQueue(),
      replies: new HandshakeReplies(settings.heartbeatSeconds),
      clients: new Set(),
      profiles: this.createProfiles(manager, protobuf),
      now: performance.now(),
    };
    if (settings.protobuf?.watch === true) {
      this.stopWatching = watchProtobuf(settings.protobuf, (next) => {
        context.profiles = this.createProfiles(manager, next);
      });
    }
    return context;
  }

  private createProfiles(manager: ClientManager, protobuf: ProtobufGeneration | undefined): WireProfiles {
    const { dictionaryExtras, compressFrom } = this.settings;
    const dictionary =
      dictionaryExtras === undefined ? undefined : RouteDictionary.build(manager.routes(), dictionaryExtras);
    return new WireProfiles(dictionary, protobuf, compressFrom);
  }

  private onTcpClient(socket: Socket, chunk: Buffer, peer: Peer): void {
    if (this.context === undefined) return;
    const client = new HybridClient(this.context, socket, undefined, peer);
    listenToSocket(socket, client);
    client.onStream(chunk);
  }

  private onWebSocket(webSocket: WebSocket, socket: Socket, peer: Peer): void {
    if (this.context === undefined) return;
    listenToWebSocket(webSocket, socket, new HybridClient(this.context, socket, webSocket, peer));
  }

  /** One timer for every deadline of every connection. */
  private startSweeping(context: HybridContext): void {
    const { handshakeMs, writeStallMs } = context.limits;
    const shortest = Math.min(handshakeMs, writeStallMs, this.settings.heartbeatTimeoutMs || Infinity);
    const interval = Math.min(LONGEST_SWEEP_MS, Math.max(10, shortest / 8));
    this.sweeper = setInterval(() => {
      const now = performance.now();
      // Timers run before sockets: after a stall of our own, what clients sent meanwhile is looked at first.
      const wasStalled = now - context.now > 3 * interval;
      context.now = now;
      if (wasStalled) return;
      for (const client of context.clients) client.sweep(now);
      this.intake?.sweep(now - handshakeMs);
      this.http?.sweep(now - handshakeMs);
    }, interval);
  }
}

/** Makes the hybrid connector: `connectors: [hybrid({ port: 3010 })]`. */
export function hybrid(options: HybridOptions): HybridConnector {
  return new HybridConnector(options);
}
