import { Logger } from '@nestjs/common';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { ListenAddress } from '../../cluster/server-info.interface.js';
import { reportReject } from '../../diagnostics.js';
import type { ResolvedEdge } from '../../edge/edge-options.js';
import { HttpSide, type HttpTargets } from '../../edge/http-side.js';
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
  /** Connections of this port; beyond it new ones are cut. Default as many as `limits.connections`. */
  readonly maxConnections?: number;
  /** Bytes that are read ahead of a client that is paused, without TLS. Default as Node. */
  readonly readAheadBytes?: number;
  /** Bytes of the largest WebSocket message. Default `limits.packageBytes` and a head of 4. */
  readonly maxMessageBytes?: number;
  /** What the address is called, for example `tcp+ws`. */
  readonly protocol: string;
  readonly edge: ResolvedEdge;
}

/** What becomes of the connections of a {@link Listener}. */
export interface ListenerTargets
  extends Pick<IntakeTargets, 'kindOf' | 'stream' | 'speaksFirst'>, HttpTargets {}

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
    const { maxMessageBytes = manager.limits.packageBytes + 4 } = options;
    const http = new HttpSide(manager, options.edge, maxMessageBytes, targets);
    const intake = new Intake(options.edge, manager.connections, {
      speaksFirst: targets.speaksFirst === true,
      kindOf: (byte) => targets.kindOf(byte),
      stream: (socket, chunk, peer) => targets.stream(socket, chunk, peer),
      http: (socket, arrival) => http.accept(socket, arrival),
    });
    const { noDelay = true, readAheadBytes } = options;
    const buffers = readAheadBytes === undefined ? {} : { highWaterMark: readAheadBytes };
    const settings = { noDelay, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS, ...buffers };
    this.server = createServer(settings, (socket) => intake.accept(socket, context.now));
    if (options.maxConnections !== undefined) this.server.maxConnections = options.maxConnections;
    this.server.on('drop', () => reportReject('transport', 'max_connections', 'tcp'));
    this.http = http;
    this.intake = intake;
  }

  /** Resolves when it listens; rejects when it cannot. */
  async start(): Promise<ListenAddress> {
    const { port, host, backlog = DEFAULT_BACKLOG, protocol, edge } = this.options;
    await edge.denied.load();
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
