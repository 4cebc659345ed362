import { Agent } from 'node:http';
import { connect, type Socket as TcpSocket } from 'node:net';
import type { ContractMessage, ContractPeer, ReceivedMessage } from 'nestjs-pomelo/testing';
import { io as today } from 'socket.io-client';
import old from 'socket.io-client-1';
import { AsyncQueue } from '../client/async-queue.js';
import { closeAfterTest } from '../support/pomelo-app.js';

/** The client libraries, unmodified. */
const LIBRARIES = { old, today } as const;

/** Which library speaks, and how it is carried. */
export type SioKind = readonly [library: keyof typeof LIBRARIES, transport: 'websocket' | 'polling' | 'both'];

/** Every way in which clients come. */
export const SIO_KINDS: readonly SioKind[] = [
  ['old', 'websocket'],
  ['old', 'polling'],
  ['old', 'both'],
  ['today', 'websocket'],
  ['today', 'polling'],
  ['today', 'both'],
];

/** As it comes; a kick has no body. */
type Received = ReceivedMessage & { readonly reason?: string };

interface SioEngine {
  readonly transport: { readonly name: string };
  on(event: 'packet', listener: (packet: { readonly type: string }) => void): unknown;
}

/** What both libraries have in common. */
interface SioSocket {
  readonly io: { readonly engine: SioEngine };
  on(event: string, listener: (...words: never[]) => void): unknown;
  emit(event: string, ...words: unknown[]): unknown;
  disconnect(): unknown;
}

/** Where nobody listens. */
const NOWHERE = 1;

/** The connections of one client, which can be cut for good. */
class Line extends Agent {
  private isCut = false;

  override createConnection(options: { readonly host: string; readonly port: number }): TcpSocket {
    return connect({ host: options.host, port: this.isCut ? NOWHERE : options.port });
  }

  cut(): void {
    this.isCut = true;
    this.destroy();
  }
}

/** A client of Pomelo's sioconnector, written from what is known of it, on either library. */
export class SioPeer implements ContractPeer {
  /** Why the library says that it is not connected any more. */
  readonly closed: Promise<string>;
  /** What came as one event, in order. */
  readonly events: string[] = [];
  private readonly received = new AsyncQueue<ReceivedMessage | undefined>();

  private constructor(
    readonly socket: SioSocket,
    private readonly agent: Line,
  ) {
    socket.on('message', (text: string) => this.take(text));
    this.closed = new Promise((resolve) => socket.on('disconnect', resolve));
    void this.closed.then(() => this.received.put(undefined));
    closeAfterTest({
      close: async () => {
        socket.disconnect();
        agent.destroy();
      },
    });
  }

  /** Connects. Rejects when the server does not want it. */
  static async open(
    [library, transport]: SioKind,
    port: number,
    options: Readonly<Record<string, unknown>> = {},
  ): Promise<SioPeer> {
    const { url = `http://127.0.0.1:${port}` } = options;
    const agent = new Line();
    const socket: SioSocket = LIBRARIES[library](String(url), {
      transports: transport === 'both' ? ['polling', 'websocket'] : [transport],
      forceNew: true,
      reconnection: false,
      agent,
      ...options,
    });
    const peer = new SioPeer(socket, agent);
    await new Promise<void>((resolve, reject) => {
      socket.on('connect', resolve);
      for (const event of ['connect_error', 'error'])
        socket.on(event, (error: { message?: string; data?: unknown }) =>
          reject(Object.assign(new Error(error.message), { data: error.data ?? error })),
        );
    });
    return peer;
  }

  /** How it is carried now. */
  get carrier(): string {
    return this.socket.io.engine.transport.name;
  }

  send(...messages: readonly ContractMessage[]): void {
    for (const { id, route, body } of messages)
      this.socket.emit('message', messageText(id, route, JSON.stringify(body)));
  }

  /** Sends a message whose body is no JSON. */
  sendText(id: number, route: string, body: string): void {
    this.socket.emit('message', messageText(id, route, body));
  }

  /** Counts the heartbeats from now on: those that the client hears, or the answers to its own. */
  heartbeats(): () => number {
    let count = 0;
    this.socket.io.engine.on('packet', ({ type }) => {
      if (type === 'ping' || type === 'pong') count += 1;
    });
    return () => count;
  }

  receive(): Promise<ReceivedMessage | undefined> {
    return this.received.take();
  }

  /** Sends a request, and gives the body of what comes next. */
  async ask(id: number, route: string, body: unknown = {}): Promise<unknown> {
    this.send({ id, route, body });
    const answer = await this.receive();
    if (answer?.id !== id) throw new Error(`no answer to ${id} but ${JSON.stringify(answer)}`);
    return answer.body;
  }

  close(): void {
    this.socket.disconnect();
  }

  /** A client that polls is missed at once when it waits for an answer, else by its heartbeats. */
  abort(): void {
    const { transport } = this.socket.io.engine;
    // A WebSocket has left the agent; what is not public is its socket.
    const { ws } = transport as { readonly ws?: { terminate(): void } | null };
    ws?.terminate();
    this.agent.cut();
  }

  private take(text: string): void {
    this.events.push(text);
    for (const message of readableMessages(text)) this.received.put(message);
  }
}

/** A message in the framing of Pomelo's sioconnector: id and length of the route as characters, the route, the body. */
export function messageText(id = 0, route: string, body: string): string {
  const bytes = [id >>> 24, (id >>> 16) & 0xff, (id >>> 8) & 0xff, id & 0xff, route.length];
  return String.fromCharCode(...bytes) + route + body;
}

/** What an event of the server says: one message, or a batch. */
export function readableMessages(text: string): ReceivedMessage[] {
  const message = JSON.parse(text) as Received | Received[];
  return (Array.isArray(message) ? message : [message]).map(({ reason, ...rest }) =>
    rest.route === 'onKick' && reason !== undefined ? { kick: reason } : rest,
  );
}
