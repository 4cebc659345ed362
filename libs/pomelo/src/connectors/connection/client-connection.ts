import type { WebSocket } from 'ws';
import type { Peer } from '../../edge/arrival.js';
import { CLOSE_GRACE_MS } from '../../edge/close-grace.js';
import { reportReject, type RejectLayer, type RejectReason } from '../../diagnostics.js';
import type { Session } from '../../sessions/session.js';
import type { ClientSocket, CloseReason, MessageKind } from '../connector.interface.js';
import { CLOSE_CODES, KICKED, NORMAL } from './close-codes.js';
import type { Wire } from './connection-writer.js';
import { FlowControl } from './flow-control.js';
import type { ConnectionContext } from './connection-context.js';

/** What a connection waits for. A larger number is later in its life. */
export const enum ConnectionState {
  Handshake,
  /** The application decides about the handshake. */
  Admission,
  Ack,
  Working,
  /** Our last bytes are on their way. */
  Closing,
  Closed,
}

/** No client that was ever written pings this often; from here on it is counted. As a part of the limit. */
const SUSPICIOUS = 0.1;

/**
 * One client of a connector, whatever it speaks: what is sent to it waits for it within limits, its deadlines are looked
 * at, and whoever ends it says why, in the way of its protocol. One object a connection.
 */
export abstract class ClientConnection extends FlowControl implements ClientSocket {
  declare session: Session;
  state: ConnectionState = ConnectionState.Handshake;
  /** When the client last proved that it is there. */
  protected lastSign: number;
  /** What was sent before the client could read it. */
  private early: Buffer[] | undefined = undefined;
  private earlyBytes = 0;
  private pingsSince = 0;
  private pings = 0;
  protected closeReason: CloseReason | undefined = undefined;

  constructor(
    protected readonly context: ConnectionContext,
    socket: Wire,
    webSocket: WebSocket | undefined,
    protected readonly peer: Peer,
  ) {
    super(context, socket, webSocket);
    this.lastSign = context.now;
    context.clients.add(this);
  }

  get remoteAddress(): string {
    return this.peer.address;
  }

  get certificateName(): string | undefined {
    return this.peer.certificateName;
  }

  /** For counters. */
  get transport(): string {
    return this.webSocket === undefined ? 'tcp' : 'ws';
  }

  send(message: Buffer, kind: MessageKind = 'push'): boolean {
    if (this.state === ConnectionState.Working) this.enqueue(message);
    else if (this.state < ConnectionState.Working) this.sendEarly(message);
    else return false;
    const { writeBufferHardBytes, writeBufferSoftBytes } = this.context.limits;
    const waiting = this.outstandingBytes;
    if (waiting >= writeBufferSoftBytes) this.fallBehind(kind);
    if (waiting + this.earlyBytes <= writeBufferHardBytes) return true;
    this.cut(this.earlyBytes > 0 ? 'slow_consumer' : this.slowness);
    return false;
  }

  sendBatch(messages: readonly Buffer[]): void {
    for (const message of messages) this.send(message, 'push');
  }

  /** Looks at the deadlines; called by the listener's sweep. */
  sweep(now: number): void {
    const { limits, silenceMs } = this.context;
    if (this.state < ConnectionState.Working) {
      if (now - this.peer.acceptedAt >= limits.handshakeMs) this.refuse('handshake', 'handshake_timeout');
    } else if (this.state === ConnectionState.Working) {
      if (this.isPaused) this.lastSign = now;
      if (now - this.lastSign >= silenceMs) this.fellSilent();
      else if (this.isStalled(now)) this.cut(this.slowness);
      else if (this.isLeaving) this.leave('peer_closed');
    }
  }

  /** The client gave no sign of life for too long. */
  protected fellSilent(): void {
    this.refuse('transport', 'heartbeat_timeout');
  }

  /** The last bytes of a connection that we end: why, in the words of its protocol. */
  protected abstract farewell(reason: string | undefined, code: number | undefined): Buffer | undefined;

  close(reason?: string): void {
    const known = reason === undefined ? undefined : CLOSE_CODES.get(reason);
    const code = known ?? (reason === undefined ? NORMAL : KICKED);
    this.end(reason, code, this.farewell(reason, known));
  }

  /** Ends a connection that broke the rules, and says so. Gives `undefined`, for callers that have nothing to return. */
  refuse(layer: RejectLayer, reason: RejectReason): undefined {
    if (this.state >= ConnectionState.Closing) return undefined;
    reportReject(layer, reason, this.transport);
    const code = CLOSE_CODES.get(reason) ?? NORMAL;
    this.end(reason, code, this.farewell(reason, code));
    return undefined;
  }

  /** Counts a heartbeat or a ping. False when it was one too many, which ended the connection. */
  protected mayPing(reason: 'heartbeat_flood' | 'ping_flood'): boolean {
    const { pingsPerSecond } = this.context.limits;
    const now = performance.now();
    if (now - this.pingsSince >= 1000) {
      this.pingsSince = now;
      this.pings = 0;
    }
    this.pings += 1;
    if (this.pings > pingsPerSecond) this.refuse('transport', reason);
    else if (this.pings > pingsPerSecond * SUSPICIOUS) reportReject('transport', reason, this.transport);
    return this.pings <= pingsPerSecond;
  }

  /** A ping of WebSocket: answered, unless the client does not read its answers. */
  onPing(data: Buffer): void {
    if (this.state >= ConnectionState.Closing || !this.mayPing('ping_flood')) return;
    if (this.outstandingBytes < this.context.limits.writeBufferSoftBytes) this.webSocket?.pong(data);
  }

  /** The client may be sent messages from now on; those that came too early are sent. */
  protected startWorking(): void {
    this.state = ConnectionState.Working;
    const { early } = this;
    this.early = undefined;
    this.earlyBytes = 0;
    if (early !== undefined) this.sendBatch(early);
  }

  private sendEarly(message: Buffer): void {
    this.early ??= [];
    this.early.push(message);
    this.earlyBytes += message.length;
  }

  /** The WebSocket library refused a frame and closes the connection; only the reason is noted here. */
  onFrameError(reason: RejectReason): void {
    if (this.state >= ConnectionState.Closing) return;
    reportReject('package', reason, this.transport);
    this.leave(reason);
  }

  /** The connection is gone. */
  onClosed(reason: CloseReason): void {
    if (this.state === ConnectionState.Closed) return;
    this.state = ConnectionState.Closed;
    if (reason === 'peer_reset' && this.closeReason === undefined)
      reportReject('transport', 'peer_reset', this.transport);
    this.context.clients.delete(this);
    if (this.session !== undefined) this.context.manager.removeClient(this, this.closeReason ?? reason);
  }

  /** Takes nothing new and sends what waits, as far as the peer may still be sent something. */
  protected leave(reason: CloseReason | undefined): void {
    this.state = ConnectionState.Closing;
    this.closeReason ??= reason;
    this.cutAfterGrace();
    this.flush();
    this.readOn();
  }

  /** Says `last`, sends what waits, then FIN or a close frame. */
  protected end(reason: string | undefined, code: number, last: Buffer | undefined): void {
    if (this.state >= ConnectionState.Closing) return;
    if (last !== undefined) this.enqueue(last);
    this.leave(reason);
    if (this.webSocket === undefined) this.endStream();
    else this.closeWebSocket(this.webSocket, code, reason);
  }

  /** Ends a TCP connection of which everything has been written. */
  protected endStream(): void {
    this.socket.end();
  }

  /** Begins the close handshake. */
  protected closeWebSocket(webSocket: WebSocket, code: number, reason: string | undefined): void {
    webSocket.close(code, shorten(reason));
  }

  /** Whoever does not take the last bytes is cut. Armed before anything that could fail. */
  private cutAfterGrace(): void {
    setTimeout(() => this.socket.destroy(), CLOSE_GRACE_MS).unref();
  }

  /** Ends a connection that takes no bytes: there is no way to tell it anything. */
  protected cut(reason: 'slow_consumer' | 'slow_reader'): void {
    if (this.state >= ConnectionState.Closing) return;
    reportReject('transport', 'slow_consumer', this.transport);
    this.state = ConnectionState.Closing;
    this.closeReason ??= reason;
    this.socket.destroy();
  }
}

/** A close frame has room for 123 bytes. */
function shorten(reason: string | undefined): string | undefined {
  return reason?.slice(0, 40);
}
