import {
  decodePackages,
  detectDialect,
  encodeKick,
  HandshakeCode,
  HEARTBEAT_PACKAGE,
  JsonRefusal,
  PACKAGE_HEAD_BYTES,
  PackageDecoder,
  PackageType,
  readHandshakeRequest,
  type HandshakeRequest,
  type PackageSink,
} from 'nestjs-pomelo-protocol';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { reportReject, type RejectEvent } from '../../diagnostics.js';
import { toErrorReply } from '../../errors/error-reply.js';
import type { Session } from '../../sessions/session.js';
import type { ClientSocket, CloseReason, HandshakeReply } from '../connector.interface.js';
import { CLOSE_CODES, KICKED, NORMAL } from './close-codes.js';
import { ConnectionWriter } from './connection-writer.js';
import type { HybridContext } from './hybrid-context.js';
import type { WireProfile } from './wire-profile.js';

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

/** Bits: why reading is paused. */
const PAUSED_BY_REQUESTS = 1;
const PAUSED_BY_WRITES = 2;

/** Time for the last bytes to arrive before the connection is cut. */
const CLOSE_GRACE_MS = 500;

const HEARTBEAT = Buffer.from(HEARTBEAT_PACKAGE);

/** One client over TCP or WebSocket: the state machine of Pomelo's connection. One object a connection. */
export class HybridClient extends ConnectionWriter implements ClientSocket, PackageSink {
  declare session: Session;
  profile: WireProfile;
  state: ConnectionState = ConnectionState.Handshake;
  readonly remoteAddress: string;
  private readonly decoder: PackageDecoder;
  private lastSign: number;
  private stalledSince = 0;
  private paused = 0;
  private closeReason: CloseReason | undefined = undefined;
  private held: { type: PackageType; body: Buffer }[] | undefined = undefined;
  private heldBytes = 0;
  /** Pushes that were sent before the client can read them. */
  private early: Buffer[] | undefined = undefined;

  constructor(
    private readonly context: HybridContext,
    socket: Socket,
    private readonly webSocket: WebSocket | undefined,
    private readonly acceptedAt: number,
  ) {
    super(socket, context.flushQueue, webSocket !== undefined);
    this.profile = context.profiles.pomelo;
    this.remoteAddress = socket.remoteAddress ?? '';
    this.decoder = new PackageDecoder(context.limits.handshakeBytes);
    this.lastSign = context.now;
    context.clients.add(this);
  }

  /** For counters. */
  get transport(): 'tcp' | 'ws' {
    return this.webSocket === undefined ? 'tcp' : 'ws';
  }

  // ---- what the framework calls

  send(message: Buffer): void {
    if (this.state === ConnectionState.Working) this.enqueue(message);
    else if (this.state < ConnectionState.Working) (this.early ??= []).push(message);
    else return;
    if (this.outstandingBytes > this.context.limits.writeBufferHardBytes) this.cut('slow_consumer');
  }

  sendBatch(messages: readonly Buffer[]): void {
    for (const message of messages) this.send(message);
  }

  close(reason?: string): void {
    const code = reason === undefined ? NORMAL : (CLOSE_CODES[reason] ?? KICKED);
    this.end(reason, code, CLOSE_CODES[reason ?? ''] === undefined ? undefined : { code });
  }

  pause(): void {
    this.setPaused(this.paused | PAUSED_BY_REQUESTS);
  }

  resume(): void {
    this.setPaused(this.paused & ~PAUSED_BY_REQUESTS);
  }

  // ---- what the transport calls

  /** Bytes of a TCP stream. */
  onStream(chunk: Buffer): void {
    if (this.state >= ConnectionState.Closing) return;
    const refusal = this.decoder.push(chunk, this);
    if (refusal !== undefined) this.refuse('package', refusal);
  }

  /** One WebSocket message: whole packages. */
  onWebSocketMessage(data: Buffer, isBinary: boolean): void {
    if (this.state >= ConnectionState.Closing) return;
    if (!isBinary) {
      this.refuse('package', 'ws_text');
      return;
    }
    const refusal = decodePackages(data, this.decoder.maxBodyBytes, this);
    if (refusal !== undefined) this.refuse('package', refusal);
  }

  /** The WebSocket library refused a frame and closes the connection; only the reason is noted here. */
  onFrameError(reason: CloseReason): void {
    if (this.state >= ConnectionState.Closing) return;
    reportReject('package', reason, this.transport);
    this.state = ConnectionState.Closing;
    this.closeReason ??= reason;
    this.flush();
    this.setPaused(0);
    setTimeout(() => this.socket.destroy(), CLOSE_GRACE_MS).unref();
  }

  /** The socket has taken what was waiting. */
  onDrain(): void {
    this.stalledSince = 0;
    this.setPaused(this.paused & ~PAUSED_BY_WRITES);
  }

  /** The connection is gone. */
  onClosed(reason: CloseReason): void {
    if (this.state === ConnectionState.Closed) return;
    this.state = ConnectionState.Closed;
    this.context.clients.delete(this);
    if (this.session !== undefined) this.context.manager.removeClient(this, this.closeReason ?? reason);
  }

  /** Looks at the deadlines; called by the connector's sweep. */
  sweep(now: number): void {
    const { limits, options } = this.context;
    if (this.state < ConnectionState.Working) {
      if (now - this.acceptedAt >= limits.handshakeMs) this.refuse('handshake', 'handshake_timeout');
    } else if (this.state === ConnectionState.Working) {
      if (options.heartbeatSeconds > 0 && now - this.lastSign >= options.heartbeatTimeoutMs)
        this.refuse('transport', 'heartbeat_timeout');
      else if (this.stalledSince > 0 && now - this.stalledSince >= limits.writeStallMs)
        this.cut('slow_consumer');
    }
  }

  // ---- packages

  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.state === ConnectionState.Admission && type !== PackageType.Handshake)
      return this.hold(type, Buffer.from(bytes.subarray(start, end)));
    if (type === PackageType.Heartbeat || !this.context.options.strictHeartbeat)
      this.lastSign = this.context.now;
    if (type === PackageType.Data) this.onData(bytes, start, end);
    else if (type === PackageType.Heartbeat) this.onHeartbeat();
    else if (type === PackageType.Handshake) this.onHandshake(bytes, start, end);
    else if (type === PackageType.HandshakeAck) this.onAck();
    else this.refuse('package', 'bad_type');
    return this.state < ConnectionState.Closing;
  }

  /** A client need not wait for the answer to its handshake: what it sends meanwhile is looked at after the decision. */
  private hold(type: PackageType, body: Buffer): boolean {
    this.held ??= [];
    this.heldBytes += body.length + PACKAGE_HEAD_BYTES;
    if (this.heldBytes <= this.context.limits.handshakeBytes) this.held.push({ type, body });
    else this.refuse('handshake', 'before_ack');
    return this.state < ConnectionState.Closing;
  }

  private releaseHeld(): void {
    const { held } = this;
    this.held = undefined;
    for (const { type, body } of held ?? []) {
      if (!this.onPackage(type, body, 0, body.length)) return;
    }
  }

  private onData(bytes: Uint8Array, start: number, end: number): void {
    if (this.state !== ConnectionState.Working) this.refuseEarly();
    else if (start === end) this.refuse('message', 'empty');
    // What the transports deliver are Buffers, and a part of a Buffer is one.
    else this.context.manager.handleMsg(this, bytes.subarray(start, end) as Buffer);
  }

  private onHeartbeat(): void {
    if (this.state !== ConnectionState.Working) this.refuseEarly();
    else if (this.context.options.heartbeatSeconds > 0) this.enqueue(HEARTBEAT);
  }

  private onAck(): void {
    if (this.state === ConnectionState.Working) {
      reportReject('handshake', 'double_ack', this.transport);
      return;
    }
    if (this.state !== ConnectionState.Ack) {
      this.refuseEarly();
      return;
    }
    this.state = ConnectionState.Working;
    this.decoder.maxBodyBytes = this.context.limits.packageBytes;
    // Browser clients only answer heartbeats, so the first one must come from here.
    if (this.context.options.heartbeatSeconds > 0) this.enqueue(HEARTBEAT);
    const { early } = this;
    this.early = undefined;
    if (early !== undefined) this.sendBatch(early);
  }

  private onHandshake(bytes: Uint8Array, start: number, end: number): void {
    if (this.state !== ConnectionState.Handshake) {
      reportReject('handshake', 'double_handshake', this.transport);
      return;
    }
    const { limits, options } = this.context;
    const request = readHandshakeRequest(bytes, start, end, {
      maxBytes: limits.handshakeBytes,
      maxDepth: limits.jsonDepth,
    });
    if (request instanceof JsonRefusal) this.refuseHandshake(HandshakeCode.Failed, 'bad_handshake');
    else if (this.passesClientCheck(request, options.checkClient)) this.admit(request);
    else this.refuseHandshake(HandshakeCode.OldClient, 'old_client');
  }

  private passesClientCheck(
    { sys }: HandshakeRequest,
    check: HybridContext['options']['checkClient'],
  ): boolean {
    try {
      return check === undefined || check(sys.type, sys.version);
    } catch {
      return false;
    }
  }

  private admit(request: HandshakeRequest): void {
    this.state = ConnectionState.Admission;
    this.profile = this.context.profiles.of(detectDialect(request));
    const decision = this.context.manager.addClient(this, { sys: request.sys, user: request.user });
    if (!(decision instanceof Promise)) {
      this.welcome(request, {});
      return;
    }
    decision.then(
      (reply) => this.welcome(request, reply),
      (error: unknown) =>
        this.refuseHandshake(toErrorReply(error)?.code ?? HandshakeCode.Failed, 'handshake_refused'),
    );
  }

  private welcome({ sys }: HandshakeRequest, { user }: HandshakeReply): void {
    if (this.state !== ConnectionState.Admission) return;
    let reply: Buffer;
    try {
      reply = this.context.replies.welcome(this.profile, sys, user);
    } catch {
      this.refuseHandshake(HandshakeCode.Failed, 'bad_handshake');
      return;
    }
    this.state = ConnectionState.Ack;
    this.enqueue(reply);
    this.releaseHeld();
  }

  /** The client has sent a compressed body: it reads them, too. */
  provedCompression(): void {
    const { profiles } = this.context;
    if (this.profile === profiles.pitaya) this.profile = profiles.pitayaCompressed;
  }

  // ---- endings

  /** Ends a connection that broke the rules, and says so. Gives `undefined`, for callers that have nothing to return. */
  refuse(layer: RejectEvent['layer'], reason: CloseReason): undefined {
    if (this.state >= ConnectionState.Closing) return undefined;
    reportReject(layer, reason, this.transport);
    if (this.state < ConnectionState.Ack && layer === 'handshake') {
      this.enqueue(this.context.replies.refusal(HandshakeCode.Failed));
    }
    const code = CLOSE_CODES[reason] ?? NORMAL;
    this.end(reason, code, { code });
    return undefined;
  }

  private refuseEarly(): void {
    this.refuse('handshake', this.state === ConnectionState.Ack ? 'before_ack' : 'before_handshake');
  }

  private refuseHandshake(code: number, reason: CloseReason): void {
    if (this.state >= ConnectionState.Closing) return;
    reportReject('handshake', reason, this.transport);
    this.enqueue(this.context.replies.refusal(code));
    this.closeReason = reason;
    this.end(undefined, NORMAL);
  }

  /** Sends the kick, if any, then FIN or a close frame; whoever does not take them is cut after the grace time. */
  private end(reason: string | undefined, code: number, extra?: Readonly<Record<string, unknown>>): void {
    if (this.state >= ConnectionState.Closing) return;
    if (reason !== undefined && this.state >= ConnectionState.Ack)
      this.enqueue(asBuffer(encodeKick(reason, extra)));
    this.state = ConnectionState.Closing;
    this.closeReason ??= reason;
    this.flush();
    // Unread bytes would turn our FIN into a reset, which destroys what the peer has not read yet.
    this.setPaused(0);
    if (this.webSocket === undefined) this.socket.end();
    else this.webSocket.close(code, reason?.slice(0, 40));
    setTimeout(() => this.socket.destroy(), CLOSE_GRACE_MS).unref();
  }

  /** Ends a connection that takes no bytes: there is no way to tell it anything. */
  private cut(reason: CloseReason): void {
    if (this.state >= ConnectionState.Closing) return;
    reportReject('transport', reason, this.transport);
    this.state = ConnectionState.Closing;
    this.closeReason ??= reason;
    this.socket.destroy();
  }

  protected written(): void {
    const { limits, now } = this.context;
    if (this.socket.writableLength < limits.writeBufferSoftBytes) return;
    if (this.stalledSince === 0) this.stalledSince = now;
    this.setPaused(this.paused | PAUSED_BY_WRITES);
  }

  private setPaused(reasons: number): void {
    const before = this.paused;
    this.paused = reasons;
    if ((before === 0) === (reasons === 0)) return;
    const readable = this.webSocket ?? this.socket;
    if (reasons === 0) readable.resume();
    else readable.pause();
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
