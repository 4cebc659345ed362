import {
  decodePackages,
  detectDialect,
  HandshakeCode,
  HEARTBEAT_PACKAGE,
  JsonRefusal,
  PackageDecoder,
  PackageType,
  readHandshakeRequest,
  type HandshakeRequest,
  type PackageSink,
} from 'nestjs-pomelo-protocol';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Peer } from '../../edge/arrival.js';
import { reportReject } from '../../diagnostics.js';
import { toErrorReply } from '../../errors/error-reply.js';
import type { HandshakeReply, MessageKind } from '../connector.interface.js';
import { ConnectionState, HybridConnection } from './hybrid-connection.js';
import { HeldPackages } from './held-packages.js';
import type { HybridContext } from './hybrid-context.js';
import type { WireProfile } from './wire-profile.js';

const HEARTBEAT = Buffer.from(HEARTBEAT_PACKAGE);

/** One client over TCP or WebSocket: the state machine of Pomelo's connection. One object a connection. */
export class HybridClient extends HybridConnection implements PackageSink {
  profile: WireProfile;
  private readonly decoder: PackageDecoder;
  private lastSign: number;
  private held: HeldPackages | undefined = undefined;
  /** Pushes that were sent before the client can read them. */
  private early: Buffer[] | undefined = undefined;
  private earlyBytes = 0;

  constructor(context: HybridContext, socket: Socket, webSocket: WebSocket | undefined, peer: Peer) {
    super(context, socket, webSocket, peer);
    this.profile = context.profiles.pomelo;
    this.decoder = new PackageDecoder(context.limits.handshakeBytes);
    this.lastSign = context.now;
    context.clients.add(this);
  }

  // ---- what the framework calls

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

  private sendEarly(message: Buffer): void {
    this.early ??= [];
    this.early.push(message);
    this.earlyBytes += message.length;
  }

  sendBatch(messages: readonly Buffer[]): void {
    for (const message of messages) this.send(message, 'push');
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

  /** A ping of WebSocket: answered, unless the client does not read its answers. */
  onPing(data: Buffer): void {
    if (this.state >= ConnectionState.Closing || !this.mayPing('ping_flood')) return;
    if (this.outstandingBytes < this.context.limits.writeBufferSoftBytes) this.webSocket?.pong(data);
  }

  /** Looks at the deadlines; called by the connector's sweep. */
  sweep(now: number): void {
    const { limits, options } = this.context;
    if (this.state < ConnectionState.Working) {
      if (now - this.peer.acceptedAt >= limits.handshakeMs) this.refuse('handshake', 'handshake_timeout');
    } else if (this.state === ConnectionState.Working) {
      if (this.isPaused) this.lastSign = now;
      if (options.heartbeatSeconds > 0 && now - this.lastSign >= options.heartbeatTimeoutMs)
        this.refuse('transport', 'heartbeat_timeout');
      else if (this.isStalled(now)) this.cut(this.slowness);
      else if (this.isLeaving) this.leave('peer_closed');
    }
  }

  // ---- packages

  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.mustWait(type)) this.hold(type, bytes.subarray(start, end));
    else this.receive(type, bytes, start, end);
    return this.state < ConnectionState.Closing;
  }

  private receive(type: PackageType, bytes: Uint8Array, start: number, end: number): void {
    if (type === PackageType.Heartbeat || !this.context.options.strictHeartbeat)
      this.lastSign = this.context.now;
    if (type === PackageType.Data) this.onData(bytes, start, end);
    else if (type === PackageType.Heartbeat) this.onHeartbeat();
    else if (type === PackageType.Handshake) this.onHandshake(bytes, start, end);
    else if (type === PackageType.HandshakeAck) this.onAck();
    else this.refuse('package', 'bad_type');
  }

  /** One read brings many packages: those behind the one that made reading pause wait here. */
  private mustWait(type: PackageType): boolean {
    if (this.state === ConnectionState.Admission) return type !== PackageType.Handshake;
    return this.isPaused || this.held !== undefined;
  }

  private hold(type: PackageType, body: Uint8Array): void {
    this.held ??= new HeldPackages();
    this.held.hold(type, body);
    if (this.state === ConnectionState.Admission && this.held.bytes > this.context.limits.handshakeBytes)
      this.refuse('handshake', 'before_ack');
  }

  protected resumed(): void {
    const { held } = this;
    held?.release((type, body) => {
      if (this.state < ConnectionState.Closing) this.receive(type, body, 0, body.length);
      return !this.isPaused;
    });
    if (held?.isEmpty === true) this.held = undefined;
  }

  private onData(bytes: Uint8Array, start: number, end: number): void {
    if (this.state !== ConnectionState.Working) this.refuseEarly();
    else if (start === end) this.refuse('message', 'empty');
    // What the transports deliver are Buffers, and a part of a Buffer is one.
    else this.context.manager.handleMsg(this, bytes.subarray(start, end) as Buffer);
  }

  private onHeartbeat(): void {
    if (this.state !== ConnectionState.Working) this.refuseEarly();
    else if (this.mayPing('heartbeat_flood') && this.context.options.heartbeatSeconds > 0)
      this.enqueue(HEARTBEAT);
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
    this.earlyBytes = 0;
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
    this.resumed();
  }

  /** The client has sent a compressed body: it reads them, too. */
  provedCompression(): void {
    const { profiles } = this.context;
    if (this.profile === profiles.pitaya) this.profile = profiles.pitayaCompressed;
  }

  private refuseEarly(): void {
    this.refuse('handshake', this.state === ConnectionState.Ack ? 'before_ack' : 'before_handshake');
  }
}
