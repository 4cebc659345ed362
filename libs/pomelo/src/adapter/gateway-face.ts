import { Inject, Logger, type WebSocketAdapter } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { describeError, stackOf } from '../errors/describe-error.js';
import { EventEmitter } from 'node:events';
import type { Session } from '../sessions/session.js';
import { containGateways } from './gateway-methods.js';

/** What `@WebSocketServer()` gives in a gateway: emits `connection` and `disconnect` with the session. */
export type PomeloServer = EventEmitter<{ connection: [session: Session]; disconnect: [session: Session] }>;

type ClientCallback = (session: Session) => void;

interface Farewell {
  /** The view that Nest keeps. */
  readonly client: Session;
  readonly callbacks: ClientCallback[];
}

/**
 * Nest's face: lets `@WebSocketGateway` classes see clients come and go (`handleConnection`, `handleDisconnect`,
 * `@WebSocketServer()`). Messages are not for gateways: a handler answers requests, a gateway could not.
 */
export abstract class GatewayFace implements WebSocketAdapter<PomeloServer, Session> {
  @Inject(DiscoveryService) private readonly discovery!: DiscoveryService;
  private readonly server: PomeloServer = new EventEmitter();
  private readonly leaving = new Map<string, Farewell>();
  /** The application uses this adapter for its gateways. */
  protected servesGateways = false;

  create(): PomeloServer {
    this.servesGateways = true;
    containGateways(this.discovery.getProviders(), (error) => this.report(error));
    return this.server;
  }

  bindClientConnect(server: PomeloServer, callback: ClientCallback): void {
    server.on('connection', callback);
  }

  bindClientDisconnect(client: Session, callback: ClientCallback): void {
    const farewell = this.leaving.get(client.id);
    if (farewell === undefined) this.leaving.set(client.id, { client, callbacks: [callback] });
    else farewell.callbacks.push(callback);
  }

  /** Nothing to bind: gateways with `@SubscribeMessage` are refused at the start. */
  bindMessageHandlers(): void {}

  close(): void {}

  /** Nest calls it at the end; the connectors stop earlier, with the other shutdown hooks. */
  async dispose(): Promise<void> {
    this.server.removeAllListeners();
  }

  protected gatewayConnected(session: Session): void {
    if (this.servesGateways) this.emit('connection', session);
  }

  protected gatewayDisconnected(session: Session): void {
    if (!this.servesGateways) return;
    const farewell = this.leaving.get(session.id);
    // Nest hands gateways the object that it got when the client came: it must know who leaves.
    farewell?.client.adopt(session);
    for (const callback of farewell?.callbacks ?? []) void this.guarded(() => callback(session));
    this.leaving.delete(session.id);
    this.emit('disconnect', session);
  }

  /** One by one: of listeners that an emitter calls itself, the first that fails keeps the others from hearing it. */
  private emit(event: 'connection' | 'disconnect', session: Session): void {
    for (const listener of this.server.rawListeners(event))
      void this.guarded(() => Reflect.apply(listener, this.server, [session]));
  }

  /** A listener that fails, now or later, costs nobody a connection. */
  private async guarded(notify: () => unknown): Promise<void> {
    try {
      await notify();
    } catch (error) {
      this.report(error);
    }
  }

  private report(error: unknown): void {
    new Logger('Pomelo').error(`A gateway failed: ${describeError(error)}`, stackOf(error));
  }
}
