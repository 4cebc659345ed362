import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  connectorName,
  MessageCounters,
  resolveCodec,
  type BoundConnector,
} from '../../connectors/bound-connector.js';
import type {
  ClientManager,
  ClientMessage,
  ClientSocket,
  CloseReason,
  Connector,
  HandshakeData,
  HandshakeReply,
} from '../../connectors/connector.interface.js';
import { ConnectionQuota } from '../../edge/connection-quota.js';
import { pomeloError } from '../../errors/pomelo.exception.js';
import type { PomeloLimits } from '../../options/limits.js';
import { resolveOptions } from '../../options/resolve-options.js';
import { createPushScheduler } from '../../push/push-schedulers.js';
import type { FrontendSession } from '../../sessions/frontend-session.js';
import type { Session } from '../../sessions/session.js';
import { SessionEvents } from '../../sessions/session-events.js';
import { SessionService } from '../../sessions/session.service.js';

/** A client as the manager knows it, with all that the connector told about it. */
export interface RecordedClient {
  readonly socket: ClientSocket;
  readonly handshake: HandshakeData | undefined;
  /** As handlers see it: `kick` and `close` end the connection. */
  readonly session: Session;
  /** Every message that the codec of the connector could read, in order. */
  readonly messages: ClientMessage[];
  /** The reason of each removeClient. */
  readonly removals: (CloseReason | undefined)[];
}

/** How a {@link RecordingManager} behaves. */
export interface RecordingOptions {
  /** Default: those of an application. */
  readonly limits?: Partial<PomeloLimits>;
  /** Refuses every client, as a guard of the handshake does. Default false. */
  readonly refuses?: boolean;
  /** Called with every message. Default: a request is answered with its own body. */
  readonly onMessage?: (client: RecordedClient, message: ClientMessage) => void;
}

interface KnownClient extends RecordedClient {
  readonly home: FrontendSession;
}

/**
 * A `ClientManager` that writes down what a connector does, and what it does wrong. Its sessions are real; behind them is no
 * application.
 */
export class RecordingManager implements ClientManager {
  readonly limits: Readonly<PomeloLimits>;
  readonly connections: ConnectionQuota;
  /** Every client that was announced, in order. */
  readonly clients: RecordedClient[] = [];
  /** Sentences that say which promises the connector broke. */
  readonly violations: string[] = [];
  private readonly bound: BoundConnector;
  private readonly sessions: SessionService;
  private readonly bySocket = new Map<ClientSocket, KnownClient>();

  constructor(
    connector: Connector,
    private readonly options: RecordingOptions = {},
  ) {
    const resolved = resolveOptions({ limits: options.limits ?? {} });
    this.limits = resolved.limits;
    this.connections = new ConnectionQuota(resolved.limits);
    this.sessions = new SessionService(resolved, new SessionEvents());
    const counters = new MessageCounters();
    this.bound = {
      connector,
      name: connectorName(connector),
      codec: resolveCodec(connector),
      scheduler: createPushScheduler({}, resolved.limits, counters),
      counters,
    };
  }

  isReady(): boolean {
    return true;
  }

  isHosted(): boolean {
    return true;
  }

  routes(): readonly string[] {
    return ['contract.room.say'];
  }

  handleHttp(_request: IncomingMessage, _response: ServerResponse): boolean {
    return false;
  }

  addClient(socket: ClientSocket, handshake?: HandshakeData): void | Promise<HandshakeReply> {
    if (this.bySocket.has(socket)) this.blame('announced a client twice: call addClient() once for each.');
    const home = this.sessions.open(socket, this.bound);
    const session = home.view();
    socket.session = session;
    if (socket.session !== session)
      this.blame('has a ClientSocket that does not keep the session that addClient() assigned.');
    const client = { socket, handshake, session, home, messages: [], removals: [] };
    this.clients.push(client);
    this.bySocket.set(socket, client);
    if (this.options.refuses === true) return this.refuse(client);
    this.sessions.admit(home);
    return undefined;
  }

  handleMsg(socket: ClientSocket, bytes: Buffer): void {
    const client = this.bySocket.get(socket);
    if (client === undefined)
      return this.blame('handed over a message of a client that it had not announced with addClient().');
    if (client.removals.length > 0)
      return this.blame('handed over a message of a client after removeClient().');
    if (this.options.refuses === true && client.handshake !== undefined)
      return this.blame('handed over a message of a client whose handshake was refused.');
    const message = this.decode(client, bytes);
    if (message === undefined || !client.home.isOpen) return;
    client.messages.push(message);
    const { onMessage = (from, sent) => this.echo(from, sent) } = this.options;
    onMessage(client, message);
  }

  removeClient(socket: ClientSocket, reason?: CloseReason): void {
    const client = this.bySocket.get(socket);
    if (client === undefined)
      return this.blame('removed a client that it had not announced with addClient().');
    client.removals.push(reason);
    if (client.removals.length > 1) this.blame('called removeClient() more than once for a client.');
    if (reason === undefined || reason === '')
      this.blame('called removeClient() without a reason, such as peer_closed or peer_reset.');
    this.sessions.closed(client.home, client.home.closeReason ?? reason ?? 'peer_closed');
  }

  /** Encodes and sends an answer (`id` given) or a push, as the framework does; gives what the socket says of it. */
  send(
    { socket }: RecordedClient,
    id: number | undefined,
    route: string,
    body: unknown,
  ): ReturnType<ClientSocket['send']> {
    const bytes = this.bound.codec.encode(socket, id, route, body);
    return bytes === undefined ? undefined : socket.send(bytes, id === undefined ? 'push' : 'response');
  }

  /** The bytes of a push; throws when there are none. */
  encodePush({ socket }: RecordedClient, route: string, body: unknown): Buffer {
    const bytes = this.bound.codec.encode(socket, undefined, route, body);
    if (bytes === undefined) throw new Error(`encode() gives nothing for a push of ${route}.`);
    return bytes;
  }

  /** Closes every client that is connected, as an application does that stops. */
  closeEveryone(): void {
    for (const { home } of this.bySocket.values()) home.close('stopping');
  }

  private echo(client: RecordedClient, { id, route, body }: ClientMessage): void {
    if (id !== undefined) this.send(client, id, route, body);
  }

  private refuse({ handshake, home }: KnownClient): void | Promise<HandshakeReply> {
    setImmediate(() => home.close());
    return handshake === undefined ? undefined : Promise.reject(pomeloError('HANDSHAKE_REFUSED'));
  }

  private decode(client: KnownClient, bytes: Buffer): ClientMessage | undefined {
    try {
      return this.bound.codec.decode(client.socket, bytes);
    } catch {
      client.home.close('malformed');
      return undefined;
    }
  }

  private blame(what: string): void {
    this.violations.push(`${this.bound.name} ${what}`);
  }
}
