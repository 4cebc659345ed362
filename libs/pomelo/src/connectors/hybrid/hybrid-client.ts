import {
  decodePackages,
  encodeKick,
  HEARTBEAT_PACKAGE,
  PACKAGE_HEAD_BYTES,
  PackageDecoder,
  HandshakeCode,
  PackageType,
  readReceivedCount,
  type PackageSink,
} from 'nestjs-pomelo-protocol';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Peer } from '../../edge/arrival.js';
import { reportReject } from '../../diagnostics.js';
import { ConnectionState } from '../connection/client-connection.js';
import { CLOSE_CODES } from '../connection/close-codes.js';
import { asBuffer } from '../as-buffer.js';
import { HeldMessages } from '../connection/held-messages.js';
import { HandshakingClient } from './handshaking-client.js';
import type { HybridContext } from './hybrid-context.js';
import { retryAfterSeconds } from './retry-after.js';

const STOPPING = CLOSE_CODES.get('stopping');
const HEARTBEAT = Buffer.from(HEARTBEAT_PACKAGE);

/** One client over TCP or WebSocket: the state machine of Pomelo's connection. One object a connection. */
export class HybridClient extends HandshakingClient implements PackageSink {
  private readonly decoder: PackageDecoder;
  private held: HeldMessages<PackageType> | undefined = undefined;

  constructor(context: HybridContext, socket: Socket, webSocket: WebSocket | undefined, peer: Peer) {
    super(context, socket, webSocket, peer);
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
    else if (type === PackageType.Heartbeat) this.onHeartbeat(bytes, start, end);
    else if (type === PackageType.Handshake) this.onHandshake(bytes, start, end);
    else if (type === PackageType.HandshakeAck) this.onAck();
    else if (type === PackageType.Kick && this.carried !== undefined) this.carried.leave();
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
    else if (this.carried === undefined)
      this.context.manager.handleMsg(this, bytes.subarray(start, end) as Buffer);
    else this.carried.receive(bytes.subarray(start, end) as Buffer);
  }

  private onHeartbeat(bytes: Uint8Array, start: number, end: number): void {
    if (this.state !== ConnectionState.Working) {
      this.refuseEarly();
      return;
    }
    const received = this.carried === undefined ? undefined : readReceivedCount(bytes, start, end);
    // Who gets many messages has often something to acknowledge: that is no flood.
    if (received !== undefined && this.carried?.acknowledge(received) === true) return;
    if (this.mayPing('heartbeat_flood') && this.context.options.heartbeatSeconds > 0) this.enqueue(HEARTBEAT);
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
    this.carried?.attach(this);
  }

  private refuseEarly(): void {
    this.refuse('handshake', this.state === ConnectionState.Ack ? 'before_ack' : 'before_handshake');
  }
}
