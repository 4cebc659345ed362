import { Logger } from '@nestjs/common';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { ListenAddress } from '../../cluster/server-info.interface.js';
import type { ResolvedEdge } from '../../edge/edge-options.js';
import { HttpSide, type WebSocketListener } from '../../edge/http-side.js';
import { Intake, type IntakeTargets } from '../../edge/intake.js';
import type { ConnectionContext } from './connection-context.js';

const DEFAULT_BACKLOG = 1024;
const LONGEST_SWEEP_MS = 1000;
/** After this silence the system asks the other side whether it is still there, in ms; its own default is two hours. */
const KEEP_ALIVE_MS = 60_000;

/** Where to listen, and for whom. */
export interface ListenerOptions {
  readonly port: number;
  readonly host?: string;
  /** Connections that may wait to be accepted. Default 1024. */
  readonly backlog?: number;
  /** Sends small writes at once. Default true. */
  readonly noDelay?: boolean;
  /** What the address is called, for example `tcp+ws`. */
  readonly protocol: string;
  readonly edge: ResolvedEdge;
}

/** What becomes of the connections of a {@link Listener}. */
export interface ListenerTargets extends Pick<IntakeTargets, 'kindOf' | 'stream'> {
  /** A client over WebSocket. */
  readonly webSocket: WebSocketListener;
}

/** One port of a connector: its connections from the socket to the client object, and the deadlines of all of them. */
export class Listener {
  private readonly server: Server;
  private readonly http: HttpSide;
  private readonly intake: Intake;
  private sweeper: NodeJS.Timeout | undefined;

  /** Throws `TLS_UNREADABLE`. */
  constructor(
    private readonly context: ConnectionContext,
    private readonly options: ListenerOptions,
    targets: ListenerTargets,
  ) {
    const { manager } = context;
    const http = new HttpSide(manager, options.edge, targets.webSocket);
    const intake = new Intake(options.edge, manager.connections, {
      kindOf: (byte) => targets.kindOf(byte),
      stream: (socket, chunk, peer) => targets.stream(socket, chunk, peer),
      http: (socket, arrival) => http.accept(socket, arrival),
    });
    const { noDelay = true } = options;
    const settings = { noDelay, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
    this.server = createServer(settings, (socket) => intake.accept(socket, context.now));
    this.http = http;
    this.intake = intake;
  }

  /** Resolves when it listens; rejects when it cannot. */
  async start(): Promise<ListenAddress> {
    const { port, host, backlog = DEFAULT_BACKLOG, protocol } = this.options;
    this.server.listen({ port, backlog, ...(host === undefined ? {} : { host }) });
    await once(this.server, 'listening');
    this.server.on('error', (error) =>
      new Logger('Pomelo').error(`The listener of port ${port} failed: ${error.message}`),
    );
    this.startSweeping();
    const address = this.server.address() as AddressInfo;
    return { protocol, host: address.address, port: address.port };
  }

  /** Stops accepting and ends every connection. */
  async stop(): Promise<void> {
    clearInterval(this.sweeper);
    const closed = this.server.listening ? new Promise((resolve) => this.server.close(resolve)) : undefined;
    this.intake.close();
    this.http.close();
    for (const client of this.context.clients) client.close('stopping');
    await closed;
  }

  /** Reads the certificates again. */
  reload(): void {
    this.intake.reload();
  }

  /** One timer for every deadline of every connection. */
  private startSweeping(): void {
    const { context } = this;
    const { handshakeMs, writeStallMs } = context.limits;
    const shortest = Math.min(handshakeMs, writeStallMs, context.silenceMs);
    const interval = Math.min(LONGEST_SWEEP_MS, Math.max(10, shortest / 8));
    this.sweeper = setInterval(() => {
      const now = performance.now();
      // Timers run before sockets: after a stall of our own, what clients sent meanwhile is looked at first.
      const wasStalled = now - context.now > 3 * interval;
      context.now = now;
      if (wasStalled) return;
      for (const client of context.clients) client.sweep(now);
      this.intake.sweep(now - handshakeMs);
      this.http.sweep(now - handshakeMs);
    }, interval);
  }
}
