import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type BeforeApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { MESSAGE_METADATA } from '@nestjs/websockets/constants.js';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ClusterService } from '../cluster/cluster.service.js';
import type { ListenAddress, ServerLoad } from '../cluster/server-info.interface.js';
import type { BoundConnector } from '../connectors/bound-connector.js';
import type {
  ClientManager,
  ClientSocket,
  CloseReason,
  HandshakeData,
  HandshakeReply,
} from '../connectors/connector.interface.js';
import type { Resumption } from '../connectors/resumption.interface.js';
import type { ConnectionQuota } from '../edge/connection-quota.js';
import { DecoratedMethodExplorer } from '../discovery/decorated-method.explorer.js';
import { toErrorReply } from '../errors/error-reply.js';
import { PomeloConfigException } from '../errors/pomelo.exception.js';
import { HandlerTable } from '../handlers/handler-table.js';
import { Dispatcher } from '../handlers/dispatcher.js';
import { HandshakePipeline } from '../handshake/handshake-pipeline.js';
import type { PomeloLimits } from '../options/limits.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { RemoteTable } from '../remotes/remote-table.js';
import { RpcService } from '../remotes/rpc.service.js';
import { FrontendSession } from '../sessions/frontend-session.js';
import { ResumeDesk } from '../resume/resume-desk.js';
import { SessionEvents } from '../sessions/session-events.js';
import { SessionService } from '../sessions/session.service.js';
import { ConnectorHost } from './connector-host.js';
import { GatewayFace } from './gateway-face.js';
import { MessageIntake } from './message-intake.js';
import { drainSessions } from './request-drain.js';

const EMPTY_HANDSHAKE: HandshakeData = { sys: {} };

/**
 * Where connectors and the application meet: the {@link ClientManager} of every connector, and Nest's `WebSocketAdapter`
 * for `@WebSocketGateway` classes (`app.useWebSocketAdapter(app.get(PomeloAdapter))`).
 */
@Injectable()
export class PomeloAdapter
  extends GatewayFace
  implements ClientManager, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private started = false;
  private stopping = false;

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly connectors: ConnectorHost,
    private readonly sessions: SessionService,
    private readonly handshakes: HandshakePipeline,
    private readonly messages: MessageIntake,
    private readonly dispatcher: Dispatcher,
    private readonly handlers: HandlerTable,
    private readonly remotes: RemoteTable,
    private readonly cluster: ClusterService,
    private readonly rpc: RpcService,
    private readonly http: HttpAdapterHost,
    private readonly explorer: DecoratedMethodExplorer,
    private readonly desk: ResumeDesk,
    private readonly events: SessionEvents,
  ) {
    super();
  }

  get limits(): Readonly<PomeloLimits> {
    return this.options.limits;
  }

  /** For connectors: the connections of this process, over all of them. */
  get connections(): ConnectionQuota {
    return this.connectors.connections;
  }

  /** For connectors: keeps sessions whose connection was lost. */
  get resumption(): Resumption {
    return this.desk;
  }

  /** The application has started and is not stopping. */
  isReady(): boolean {
    return this.started && !this.stopping && this.cluster.hasJoined;
  }

  /** Where the connectors listen; the real ports when an option said 0. */
  addresses(): readonly ListenAddress[] {
    return this.connectors.addresses();
  }

  /** Every route of the application, in no particular order; connectors build their dictionaries from it. */
  routes(): string[] {
    return this.handlers.routes();
  }

  /** The route is handled here. */
  isHosted(route: string): boolean {
    return this.handlers.get(route) !== undefined;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.servesGateways) this.refuseGatewayMessages();
    await this.connectors.prepare();
    const types = this.options.server.types ?? [
      ...new Set([...this.handlers.serverTypes(), ...this.remotes.serverTypes()]),
    ];
    const load = (): ServerLoad => ({
      calls: this.rpc.callsInFlight,
      sessions: this.sessions.getSessionsCount(),
    });
    await this.cluster.join({ types, load }, this.rpc);
    try {
      await this.connectors.start((connector) => this.managerOf(connector));
      this.cluster.listening(this.connectors.addresses());
      this.started = true;
    } catch (error) {
      await this.cluster.leave();
      throw error;
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.cluster.drain();
    await drainSessions(this.sessions.everyone(), this.limits.drainMs);
    await this.connectors.stop();
    // A stopped connector has no clients, but a socket may tell so only after that: nobody must hear of it after the shutdown.
    for (const { client } of this.sessions.everyone()) this.removeClient(client, 'stopping');
    this.dispatcher.stop();
  }

  /** Calls of other servers are finished, and none is taken any more. */
  async onApplicationShutdown(): Promise<void> {
    if (this.cluster.isClustered) await this.finishCalls();
    this.rpc.stop();
    await this.cluster.leave();
  }

  /** What came until the others have heard of it is answered. */
  private async finishCalls(): Promise<void> {
    const endsAt = performance.now() + this.limits.drainMs;
    await this.rpc.whenIdle(this.limits.drainMs);
    await this.cluster.stopListening();
    await this.rpc.whenIdle(Math.max(0, endsAt - performance.now()));
  }

  addClient(
    client: ClientSocket,
    handshake?: HandshakeData,
    connector = this.connectors.sole(),
  ): void | Promise<HandshakeReply> {
    const session = this.sessions.open(client, connector);
    client.session = session.view();
    if (this.stopping) session.close('stopping');
    if (this.handshakes.isEmpty) return this.admitted(session);
    const decision = this.handshakes.run(handshake ?? EMPTY_HANDSHAKE, client.session);
    session.admission = decision.then(
      () => this.admitted(session),
      (error: unknown) => this.refuse(session, handshake !== undefined, error),
    );
    return handshake === undefined ? undefined : decision;
  }

  handleMsg(client: ClientSocket, message: Buffer): void {
    const session = sessionOf(client);
    if (session !== undefined) this.messages.receive(session, message);
  }

  removeClient(client: ClientSocket, reason: CloseReason = 'peer_closed'): void {
    const session = sessionOf(client);
    if (session === undefined) return;
    session.connector.scheduler.forget(client);
    session.onIdle?.();
    if (this.sessions.closed(session, session.closeReason ?? reason))
      this.gatewayDisconnected(session.view());
  }

  clientAway(client: ClientSocket): void {
    const session = sessionOf(client);
    if (session !== undefined) this.events.emit('away', session.view());
  }

  clientBack(client: ClientSocket): void {
    const session = sessionOf(client);
    if (session !== undefined) this.events.emit('back', session.view());
  }

  handleHttp(request: IncomingMessage, response: ServerResponse): boolean {
    // An application without HTTP (createApplicationContext) has a host without an adapter.
    const { httpAdapter } = this.http as Partial<HttpAdapterHost>;
    const server = httpAdapter?.getHttpServer() as
      { emit(event: 'request', ...args: unknown[]): boolean } | undefined;
    return server?.emit('request', request, response) ?? false;
  }

  /** The same manager, which knows for one connector whose clients are announced. */
  private managerOf(connector: BoundConnector): ClientManager {
    return {
      limits: this.limits,
      connections: this.connections,
      resumption: this.resumption,
      clientAway: (client) => this.clientAway(client),
      clientBack: (client) => this.clientBack(client),
      isReady: () => this.isReady(),
      routes: () => this.routes(),
      isHosted: (route) => this.isHosted(route),
      addClient: (client, handshake) => this.addClient(client, handshake, connector),
      handleMsg: (client, message) => this.handleMsg(client, message),
      removeClient: (client, reason) => this.removeClient(client, reason),
      handleHttp: (request, response) => this.handleHttp(request, response),
    };
  }

  /** A gateway could not answer a request, so a message for it is a mistake that is told at the start. */
  private refuseGatewayMessages(): void {
    for (const { onMethod } of this.explorer.explore(MESSAGE_METADATA, 'SubscribeMessage')) {
      throw new PomeloConfigException('GATEWAY_MESSAGES', { message: onMethod });
    }
  }

  private admitted(session: FrontendSession): void {
    session.admission = undefined;
    if (!session.isConnected) return;
    this.sessions.admit(session);
    this.gatewayConnected(session.client.session);
  }

  /** A connector that shook hands tells its client itself, in this turn; the others leave it to the reason of the close. */
  private refuse(session: FrontendSession, toldByConnector: boolean, error: unknown): void {
    session.closeReason = 'handshake_refused';
    this.sessions.release(session);
    const { client } = session;
    if (toldByConnector) setImmediate(() => client.close());
    else client.close(toErrorReply(error)?.msg);
  }
}

/** The session of an announced client; a socket may end before it was announced. */
function sessionOf(client: Partial<ClientSocket>): FrontendSession | undefined {
  const home = client.session?.home;
  return home instanceof FrontendSession ? home : undefined;
}
