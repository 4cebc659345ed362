import { encodeKick, HandshakeCode } from 'nestjs-pomelo-protocol';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Peer } from '../../edge/arrival.js';
import { reportReject, type RejectLayer, type RejectReason } from '../../diagnostics.js';
import type { Session } from '../../sessions/session.js';
import type { ClientSocket, CloseReason, MessageKind } from '../connector.interface.js';
import { asBuffer } from './as-buffer.js';
import { CLOSE_CODES, KICKED, NORMAL } from './close-codes.js';
import { FlowControl } from './flow-control.js';
import type { HybridContext } from './hybrid-context.js';

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

/** Time for the last bytes to arrive before the connection is cut. */
const CLOSE_GRACE_MS = 500;
/** No client that was ever written pings this often; from here on it is counted. As a part of the limit. */
const SUSPICIOUS = 0.1;

/** How a connection ends: whoever ends it says why, whatever way the protocol has for that. */
export abstract class HybridConnection extends FlowControl implements ClientSocket {
  declare session: Session;
  state: ConnectionState = ConnectionState.Handshake;
  private pingsSince = 0;
  private pings = 0;
  protected closeReason: CloseReason | undefined = undefined;

  constructor(
    protected readonly context: HybridContext,
    socket: Socket,
    webSocket: WebSocket | undefined,
    protected readonly peer: Peer,
  ) {
    super(context, socket, webSocket);
  }

  get remoteAddress(): string {
    return this.peer.address;
  }

  get certificateName(): string | undefined {
    return this.peer.certificateName;
  }

  /** For counters. */
  get transport(): 'tcp' | 'ws' {
    return this.webSocket === undefined ? 'tcp' : 'ws';
  }

  abstract send(message: Buffer, kind?: MessageKind): boolean;
  abstract sweep(now: number): void;

  close(reason?: string): void {
    const known = reason === undefined ? undefined : CLOSE_CODES.get(reason);
    const code = known ?? (reason === undefined ? NORMAL : KICKED);
    this.end(reason, code, known === undefined ? undefined : { code });
  }

  /** Ends a connection that broke the rules, and says so. Gives `undefined`, for callers that have nothing to return. */
  refuse(layer: RejectLayer, reason: RejectReason): undefined {
    if (this.state >= ConnectionState.Closing) return undefined;
    reportReject(layer, reason, this.transport);
    const code = CLOSE_CODES.get(reason) ?? NORMAL;
    this.end(reason, code, { code });
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

  /** Answers a handshake with a refusal, and ends the connection. */
  protected refuseHandshake(status: number, reason: RejectReason): void {
    if (this.state >= ConnectionState.Closing) return;
    reportReject('handshake', reason, this.transport);
    this.closeReason = reason;
    this.enqueue(this.context.replies.refusal(status));
    this.finish(NORMAL, undefined);
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

  /** Says why: before the handshake is answered with a failed handshake, after it with a kick when there is a reason. */
  private end(reason: string | undefined, code: number, extra?: Readonly<Record<string, unknown>>): void {
    if (this.state >= ConnectionState.Closing) return;
    if (this.state < ConnectionState.Ack) this.enqueue(this.context.replies.refusal(HandshakeCode.Failed));
    else if (reason !== undefined) this.enqueue(asBuffer(encodeKick(reason, extra)));
    this.finish(code, reason);
  }

  /** Sends what waits, then FIN or a close frame. */
  private finish(code: number, reason: string | undefined): void {
    this.leave(reason);
    if (this.webSocket === undefined) this.socket.end();
    else this.webSocket.close(code, shorten(reason));
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
