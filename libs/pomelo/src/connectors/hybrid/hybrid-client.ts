import {
  decodePackages,
  detectDialect,
  encodeKick,
  HandshakeCode,
  HEARTBEAT_PACKAGE,
  PACKAGE_HEAD_BYTES,
  JsonRefusal,
  PackageDecoder,
  PackageType,
  readHandshakeRequest,
  type HandshakeRequest,
  type PackageSink,
} from 'nestjs-pomelo-protocol';
import type { KeyObject } from 'node:crypto';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Peer } from '../../edge/arrival.js';
import { reportReject, type RejectReason } from '../../diagnostics.js';
import { toErrorReply } from '../../errors/error-reply.js';
import type { HandshakeReply } from '../connector.interface.js';
import { ClientConnection, ConnectionState } from '../connection/client-connection.js';
import { CLOSE_CODES, NORMAL } from '../connection/close-codes.js';
import { asBuffer } from '../as-buffer.js';
import { HeldMessages } from '../connection/held-messages.js';
import type { HybridContext } from './hybrid-context.js';
import { readClientKey } from './message-signature.js';
import { retryAfterSeconds } from './retry-after.js';
import type { WireProfile } from './wire-profile.js';

const STOPPING = CLOSE_CODES.get('stopping');
const HEARTBEAT = Buffer.from(HEARTBEAT_PACKAGE);

/** One client over TCP or WebSocket: the state machine of Pomelo's connection. One object a connection. */
export class HybridClient extends ClientConnection implements PackageSink {
  declare protected readonly context: HybridContext;
  declare protected readonly socket: Socket;
  profile: WireProfile;
  /** What its messages are signed with, when they have to be. */
  signatureKey: KeyObject | undefined = undefined;
  private readonly decoder: PackageDecoder;
  private held: HeldMessages<PackageType> | undefined = undefined;

  constructor(context: HybridContext, socket: Socket, webSocket: WebSocket | undefined, peer: Peer) {
    super(context, socket, webSocket, peer);
    this.profile = context.profiles.pomelo;
    this.decoder = new PackageDecoder(context.limits.handshakeBytes);
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

  protected farewell(reason: string | undefined, code: number | undefined): Buffer | undefined {
    if (this.state < ConnectionState.Ack) return this.context.replies.refusal(HandshakeCode.Failed);
    if (reason === undefined) return undefined;
    if (code === undefined) return asBuffer(encodeKick(reason));
    const retryAfter = code === STOPPING ? retryAfterSeconds(this.context.clients.size) : 0;
    return asBuffer(encodeKick(reason, retryAfter === 0 ? { code } : { code, retryAfter }));
  }

  protected override fellSilent(): void {
    if (this.context.options.disconnectOnTimeout !== false) {
      super.fellSilent();
      return;
    }
    reportReject('transport', 'heartbeat_timeout', this.transport);
    this.lastSign = this.context.now;
  }

  protected override endStream(): void {
    if (this.context.options.closeMethod === 'destroy') this.socket.destroySoon();
    else super.endStream();
  }

  /** Answers a handshake with a refusal, and ends the connection. */
  private refuseHandshake(status: number, reason: RejectReason): void {
    if (this.state >= ConnectionState.Closing) return;
    reportReject('handshake', reason, this.transport);
    this.closeReason = reason;
    this.end(undefined, NORMAL, this.context.replies.refusal(status));
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
    this.held ??= new HeldMessages(PACKAGE_HEAD_BYTES);
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
    this.decoder.maxBodyBytes = this.context.limits.packageBytes;
    // Browser clients only answer heartbeats, so the first one must come from here.
    if (this.context.options.heartbeatSeconds > 0) this.enqueue(HEARTBEAT);
    this.startWorking();
  }

  private onHandshake(bytes: Uint8Array, start: number, end: number): void {
    if (this.state !== ConnectionState.Handshake) {
      reportReject('handshake', 'double_handshake', this.transport);
      return;
    }
    const { limits } = this.context;
    const request = readHandshakeRequest(bytes, start, end, {
      maxBytes: limits.handshakeBytes,
      maxDepth: limits.jsonDepth,
    });
    if (request instanceof JsonRefusal) this.refuseHandshake(HandshakeCode.Failed, 'bad_handshake');
    else this.check(request);
  }

  private check(request: HandshakeRequest): void {
    const { useCrypto, checks } = this.context.options;
    if (useCrypto === true) {
      this.signatureKey = readClientKey(request.sys.rsa);
      if (this.signatureKey === undefined) {
        this.refuseHandshake(HandshakeCode.Failed, 'bad_handshake');
        return;
      }
    }
    this.state = ConnectionState.Admission;
    if (checks === undefined) this.admit(request);
    else
      void checks.refusalOf(request).then((refusal) => {
        if (this.state !== ConnectionState.Admission) return;
        if (refusal === undefined) this.admit(request);
        else this.refuseHandshake(refusal.code, refusal.reason);
      });
  }

  private admit(request: HandshakeRequest): void {
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
