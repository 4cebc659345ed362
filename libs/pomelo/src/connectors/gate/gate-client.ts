import { Logger } from '@nestjs/common';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { reportReject } from '../../diagnostics.js';
import type { Peer } from '../../edge/arrival.js';
import { frameHeaderBytes } from '../../edge/ws-frame.js';
import { describeError, stackOf } from '../../errors/describe-error.js';
import { synchronous } from '../../errors/synchronous.js';
import { ConnectionState } from '../connection/client-connection.js';
import { FrameStream } from '../connection/frame-stream.js';
import { FramedConnection } from '../connection/framed-connection.js';
import type { CloseReason, MessageKind } from '../connector.interface.js';
import type { GateAgent } from './gate-agent.interface.js';
import type { GateContext } from './gate-context.js';
import type { GateNetwork, PackCodec } from './gate-hooks.interface.js';
import { GATE_FRAME, LENGTH_BYTES, MIN_PACK_BYTES, PLAIN_CODEC } from './gate-packs.js';
import { GateTasks } from './gate-tasks.js';
import type { Acquaintance } from './session-learner.js';
import { ownCloseReason } from './session-view.js';
import { WaitingPacks } from './waiting-packs.js';

/** Of clients that nobody has to be told of. */
const MADE: Acquaintance = Promise.resolve();

/** One client of a gate over TCP or WebSocket. One object a connection. */
export class GateClient extends FramedConnection implements GateAgent {
  declare protected readonly context: GateContext;
  protected readonly frames: FrameStream;
  codec: PackCodec = PLAIN_CODEC;
  readonly connTime = Date.now();
  recvNum = 0;
  sendNum = 0;
  isShaked = false;
  /** What went wrong without ending the connection. */
  mishap: string | undefined = undefined;
  readonly tasks: GateTasks;
  private readonly waiting: WaitingPacks;
  private acquaintance: Acquaintance | undefined = undefined;
  private hasSpoken = false;
  private isHeldBack = false;

  constructor(context: GateContext, socket: Socket, webSocket: WebSocket | undefined, peer: Peer) {
    super(context, socket, webSocket, peer);
    this.frames = new FrameStream(GATE_FRAME, context.maxPackBytes);
    this.tasks = new GateTasks(context.options.concurrentTasks);
    this.waiting = new WaitingPacks(context.options.sendPackBuffNum);
  }

  get network(): GateNetwork {
    return this.webSocket === undefined ? 'tcp' : 'websocket';
  }

  get ip(): string {
    return this.remoteAddress;
  }

  get isClosed(): boolean {
    return this.state >= ConnectionState.Closing;
  }

  get lastError(): string | undefined {
    return this.closeReason ?? this.mishap;
  }

  /** Announces the client. Nothing that it says is looked at before the application has heard of it. */
  announce(): void {
    const { manager, codecFor } = this.context;
    try {
      this.codec = synchronous('gate.agent', codecFor(this.network));
    } catch (error) {
      new Logger('Pomelo').error(`gate.agent failed: ${describeError(error)}`, stackOf(error));
      this.refuse('handshake', 'handshake_refused');
      return;
    }
    const decision = manager.addClient(this, { sys: { type: 'gate', network: this.network } });
    const arrival = decision === undefined ? this.meet() : decision.then(() => this.meet());
    if (arrival === undefined) {
      this.welcome();
      return;
    }
    // Not held in `Admission`: clients of a gate know of no handshake, and may send what they like at once.
    super.pause();
    arrival.then(
      () => this.welcome(),
      () => this.refuse('handshake', 'handshake_refused'),
    );
  }

  /** One message is one pack; an empty one says that the client is there. Text is taken for its bytes, as every gate does. */
  onWebSocketMessage(data: Buffer): void {
    if (this.isClosed) return;
    if (data.length === 0) {
      if (this.mayPing('heartbeat_flood')) this.noteLife();
    } else if (data.length < MIN_PACK_BYTES || data.readUInt16LE(0) !== data.length)
      this.refuse('package', 'truncated');
    else this.onFrame(data);
  }

  /** A push that finds too many packs before it is dropped, or ends the connection; answers only wait for their client. */
  override send(message: Buffer, kind: MessageKind = 'push'): boolean {
    if (this.waiting.isFull) {
      this.flush();
      this.waiting.forgetTaken(this.outstandingBytes);
      if (this.waiting.isFull && kind !== 'response') return this.overflow();
    }
    const isEarly = this.state < ConnectionState.Working;
    if (!super.send(message, kind)) return false;
    if (isEarly) return true;
    this.waiting.add(message.length + (this.framed ? frameHeaderBytes(message.length) : 0));
    this.sendNum += 1;
    return true;
  }

  override sendBatch(messages: readonly Buffer[]): void {
    for (const message of messages)
      if (!this.send(message, 'push')) reportReject('session', 'push_dropped', this.transport);
  }

  override pause(): void {
    this.isHeldBack = true;
    super.pause();
  }

  override resume(): void {
    this.isHeldBack = false;
    this.goOnLater();
  }

  override sweep(now: number): void {
    const { handshakeMs } = this.context.limits;
    const isMute = this.state === ConnectionState.Working && !this.hasSpoken;
    if (isMute && now - this.peer.acceptedAt >= handshakeMs) this.refuse('handshake', 'handshake_timeout');
    else super.sweep(now);
  }

  override onClosed(reason: CloseReason): void {
    const wasClosed = this.state === ConnectionState.Closed;
    super.onClosed(reason);
    if (wasClosed || this.acquaintance === undefined) return;
    const why = ownCloseReason(this.session) ?? this.closeReason ?? reason;
    this.context.learner.part(this.session, this.acquaintance, why);
  }

  /** The answer to a pack has been made. */
  taskEnded(id: number): void {
    this.tasks.end(id);
    if (this.isPaused) this.goOnLater();
  }

  protected receive(pack: Buffer): void {
    this.noteLife();
    this.recvNum += 1;
    this.context.manager.handleMsg(this, pack.subarray(LENGTH_BYTES));
    if (this.tasks.isFull) super.pause();
  }

  /** The protocol knows no word for it: the application may push one before it closes. */
  protected farewell(): undefined {}

  /** Tells the application; `undefined` when nobody has to be waited for. */
  private meet(): Promise<void> | undefined {
    if (this.isClosed) return undefined;
    const { learner } = this.context;
    const acquaintance = learner.meet(this.session);
    this.acquaintance = acquaintance ?? MADE;
    return acquaintance === undefined ? undefined : learner.inTime(acquaintance);
  }

  private welcome(): void {
    if (this.isClosed) return;
    this.isShaked = true;
    this.lastSign = this.context.now;
    this.startWorking();
    this.goOn();
  }

  /** When the answer that made room has been sent: those of the packs that waited must not overtake it. */
  private goOnLater(): void {
    queueMicrotask(() => this.goOn());
  }

  /** Reads on, unless there still is a reason not to. */
  private goOn(): void {
    if (this.isShaked && !this.isHeldBack && !this.tasks.isFull) super.resume();
  }

  private noteLife(): void {
    this.hasSpoken = true;
    this.lastSign = this.context.now;
  }

  private overflow(): false {
    if (this.context.options.onFullBuffer === 'close') this.cut('slow_consumer');
    else this.mishap = 'push_dropped';
    return false;
  }
}
