import { Logger, type WebSocketAdapter } from '@nestjs/common';
import { describeError, stackOf } from '../errors/describe-error.js';
import { EventEmitter } from 'node:events';
import type { Session } from '../sessions/session.js';

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
  private readonly server: PomeloServer = new EventEmitter();
  private readonly leaving = new Map<string, Farewell>();
  /** The application uses this adapter for its gateways. */
  protected servesGateways = false;

  create(): PomeloServer {
    this.servesGateways = true;
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
    if (this.servesGateways) this.guarded(() => this.server.emit('connection', session));
  }

  protected gatewayDisconnected(session: Session): void {
    if (!this.servesGateways) return;
    const farewell = this.leaving.get(session.id);
    // Nest hands gateways the object that it got when the client came: it must know who leaves.
    farewell?.client.adopt(session);
    for (const callback of farewell?.callbacks ?? []) this.guarded(() => callback(session));
    this.leaving.delete(session.id);
    this.guarded(() => this.server.emit('disconnect', session));
  }

  /** A listener of the server that fails costs nobody a connection. What methods of gateways throw is uncaught, as in Nest. */
  private guarded(notify: () => unknown): void {
    try {
      notify();
    } catch (error) {
      new Logger('Pomelo').error(`A gateway failed: ${describeError(error)}`, stackOf(error));
    }
  }
}
