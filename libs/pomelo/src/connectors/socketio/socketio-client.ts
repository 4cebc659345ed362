import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'socket.io';
import { reportReject } from '../../diagnostics.js';
import type { Peer } from '../../edge/arrival.js';
import { toErrorReply } from '../../errors/error-reply.js';
import { ConnectionState } from '../connection/client-connection.js';
import { NORMAL } from '../connection/close-codes.js';
import { HoldingConnection } from '../connection/holding-connection.js';
import type { CloseReason } from '../connector.interface.js';
import { mayAskWith } from './asking.js';
import type { EngineWire } from './engine-wire.js';
import { escapeBeyondAscii, OldPollingText } from './old-polling-text.js';
import type { SocketioContext } from './socketio-context.js';

/** The revision of the engine's protocol that clients of socket.io 1 and 2 speak. */
const OLD_PROTOCOL = 3;

/** A packet of the engine below socket.io. */
export interface EnginePacket {
  readonly type: string;
  readonly data?: unknown;
}

/** Lets a client in, or tells it why not. */
type Decide = (error?: Error) => void;

/** How the connections of the engine end, in our words. */
const ENDS: ReadonlyMap<string, CloseReason> = new Map([
  ['ping timeout', 'heartbeat_timeout'],
  ['transport error', 'peer_reset'],
]);

/** One socket.io client of any age, over WebSocket or polling. One object a client. */
export class SocketioClient extends HoldingConnection {
  declare protected readonly context: SocketioContext;
  /** Clients of socket.io 1 and 2 are connected without asking. */
  private hasAsked: boolean;
  /** Before socket.io 3 the client sent the heartbeats, now it answers them. */
  private readonly heartbeat: 'ping' | 'pong';
  private readonly oldText: OldPollingText | undefined;

  constructor(
    context: SocketioContext,
    readonly wire: EngineWire,
    peer: Peer,
    private readonly protocol: number,
  ) {
    super(context, wire, undefined, peer);
    this.hasAsked = protocol === OLD_PROTOCOL;
    this.heartbeat = this.hasAsked ? 'ping' : 'pong';
    this.oldText = this.hasAsked ? new OldPollingText() : undefined;
    wire.onMoved = () => this.written();
  }

  override get transport(): string {
    return this.context.connector;
  }

  /** As Pomelo: an array of messages is one message. */
  override sendBatch(messages: readonly Buffer[]): void {
    const [first] = messages;
    if (first === undefined) return;
    this.send(messages.length === 1 ? first : Buffer.from(`[${messages.join(',')}]`), 'push');
  }

  override onPing(data: Buffer): void {
    if (this.state >= ConnectionState.Closing || !this.mayPing('ping_flood')) return;
    if (this.outstandingBytes < this.context.limits.writeBufferSoftBytes) this.wire.pong(data);
  }

  /** A request of a client that polls; `proceed` lets the engine answer it. */
  onRequest(request: IncomingMessage, response: ServerResponse, proceed: () => void): void {
    response.once('finish', () => {
      if (response.statusCode !== 413) return;
      this.refuse('package', 'oversize');
      request.destroy();
    });
    if (this.wire.exchanges.begin(request.method ?? '', response, proceed)) return;
    this.refuse('transport', 'http_bad');
    response.writeHead(400, { Connection: 'close' }).end();
  }

  /** Looks at a packet before socket.io does. */
  onPacket({ type, data }: EnginePacket): void {
    if (this.state >= ConnectionState.Closing) return;
    this.lastSign = this.context.now;
    if (type === 'message') this.checkMessage(data);
    else if (type === this.heartbeat) this.mayPing('heartbeat_flood');
    else this.refuse('package', 'bad_type');
  }

  /** The client asks for messages, and the application decides. */
  onAsked(socket: Socket, decide: Decide): void {
    if (this.state !== ConnectionState.Handshake) {
      // It was refused meanwhile; socket.io keeps it until it is told so.
      decide(new Error('Refused'));
      return;
    }
    this.state = ConnectionState.Admission;
    this.wire.attach(socket);
    const { query, auth } = socket.handshake;
    const sys = { type: 'socketio', protocol: this.protocol, query };
    const decision = this.context.manager.addClient(this, { sys, user: auth });
    if (decision instanceof Promise)
      decision.then(
        () => decide(),
        (error: unknown) => this.turnAway(decide, error),
      );
    else decide();
  }

  /** socket.io has told the client that it is connected. */
  onConnected(socket: Socket): void {
    if (this.state !== ConnectionState.Admission) return;
    socket.onAny((name: unknown, ...words: readonly unknown[]) => this.onEvent(name, words));
    socket.on('error', () => this.refuse('message', 'malformed'));
    socket.once('disconnect', () => {
      // It has left, and its connection would stay.
      if (this.wire.writable) this.end('peer_closed', NORMAL, undefined);
    });
    this.startWorking();
  }

  /** The connection of the engine is gone. */
  onEngineClosed(reason: string): void {
    if (reason === 'ping timeout' && this.state < ConnectionState.Closing)
      reportReject('transport', 'heartbeat_timeout', this.transport);
    this.onClosed(ENDS.get(reason) ?? 'peer_closed');
  }

  protected override enqueue(message: Buffer): void {
    const isForOldPoller = this.oldPollingText !== undefined;
    this.wire.write(isForOldPoller ? Buffer.from(escapeBeyondAscii(message.toString())) : message);
    this.written();
  }

  protected receive(message: Buffer): void {
    this.context.manager.handleMsg(this, message);
  }

  protected farewell(reason: string | undefined): Buffer | undefined {
    if (reason === undefined || this.state < ConnectionState.Working) return undefined;
    return Buffer.from(JSON.stringify({ route: 'onKick', reason }));
  }

  private get oldPollingText(): OldPollingText | undefined {
    return this.wire.isPolling ? this.oldText : undefined;
  }

  private onEvent(name: unknown, words: readonly unknown[]): void {
    if (this.state >= ConnectionState.Closing) return;
    const [text] = words;
    if (name !== 'message' || words.length !== 1 || typeof text !== 'string') {
      this.refuse('message', 'bad_message_type');
      return;
    }
    const message = Buffer.from(this.oldPollingText?.read(text) ?? text);
    if (message.length > this.context.limits.packageBytes) this.refuse('package', 'oversize');
    else this.take(message);
  }

  /** Only what Pomelo's clients have: to connect, to leave, and events without an answer. */
  private checkMessage(data: unknown): void {
    const text = typeof data === 'string' ? data : '';
    const isEvent = text.startsWith('2[');
    if (text.startsWith('0')) this.checkAsking(text.slice(1));
    else if (!isEvent && !text.startsWith('1')) this.refuse('message', 'bad_message_type');
    else if (this.state !== ConnectionState.Working) this.refuse('handshake', 'before_handshake');
  }

  private checkAsking(auth: string): void {
    if (this.hasAsked) this.refuse('handshake', 'double_handshake');
    else if (!mayAskWith(auth, this.context.limits)) this.refuse('handshake', 'bad_handshake');
    this.hasAsked = true;
  }

  private turnAway(decide: Decide, error: unknown): void {
    reportReject('handshake', 'handshake_refused', this.transport);
    this.closeReason ??= 'handshake_refused';
    const reply = toErrorReply(error);
    decide(Object.assign(new Error(reply?.msg ?? 'Refused'), { data: reply?.toJSON() }));
    // socket.io tells the client at the end of this turn.
    setImmediate(() => this.close());
  }
}
