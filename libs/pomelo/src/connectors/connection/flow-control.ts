import type { WebSocket } from 'ws';
import type { PomeloLimits } from '../../options/limits.js';
import type { MessageKind } from '../connector.interface.js';
import { ConnectionWriter, type Wire } from './connection-writer.js';
import type { FlushQueue } from './flush-queue.js';

/** Bits: why reading is paused. */
const PAUSED_BY_REQUESTS = 1;
const PAUSED_BY_WRITES = 2;

/** What flow control shares with all connections of its connector. */
export interface FlowContext {
  readonly limits: Readonly<PomeloLimits>;
  readonly flushQueue: FlushQueue;
  /** Monotonic time in ms, as of the last sweep: precise enough for deadlines, free to read. */
  readonly now: number;
}

/** A connection that reads no more than it can answer. */
export abstract class FlowControl extends ConnectionWriter {
  private pauseReasons = 0;
  private stalledSince = 0;
  /** Of what waits for a peer that is behind, some was pushed; else it is all answers to its own requests. */
  private missesPushes = false;
  /** Told when the peer has caught up: somebody has something waiting for it. */
  private caughtUp: (() => void) | undefined = undefined;

  constructor(
    private readonly flow: FlowContext,
    socket: Wire,
    protected readonly webSocket: WebSocket | undefined,
  ) {
    super(socket, flow.flushQueue, webSocket !== undefined);
  }

  /** Stops reading: too many requests of this client are in flight. */
  pause(): void {
    this.setPaused(this.pauseReasons | PAUSED_BY_REQUESTS);
  }

  /** Reads on. */
  resume(): void {
    this.setPaused(this.pauseReasons & ~PAUSED_BY_REQUESTS);
  }

  /** The peer has not taken what was written to it. Only while the socket will say when it has. */
  get isBehind(): boolean {
    const { writableLength, writableNeedDrain } = this.socket;
    return writableLength >= this.flow.limits.pushBehindBytes && writableNeedDrain !== false;
  }

  /** Calls `listener` once, when the peer is not behind any more. */
  onceCaughtUp(listener: () => void): void {
    this.caughtUp = listener;
  }

  /** The socket has taken what was waiting, or enough of it. */
  onDrain(): void {
    this.stalledSince = 0;
    this.missesPushes = false;
    // Before anything else is read: what waits was sent before the answers to that.
    this.tellCaughtUp();
    this.setPaused(this.pauseReasons & ~PAUSED_BY_WRITES);
  }

  /** Reads whatever comes: unread bytes would turn our FIN into a reset, which destroys what the peer has not read yet. */
  protected readOn(): void {
    this.setPaused(0);
  }

  /** Nothing may follow a close frame. */
  protected override get canWrite(): boolean {
    return super.canWrite && !this.isLeaving;
  }

  /** The close handshake of the WebSocket has begun. */
  protected get isLeaving(): boolean {
    return this.webSocket !== undefined && this.webSocket.readyState !== this.webSocket.OPEN;
  }

  /** Nothing is read, for as long as requests or writes may take: signs of life wait in the socket. */
  protected get isPaused(): boolean {
    return this.pauseReasons !== 0;
  }

  /** The peer has taken nothing for too long. */
  protected isStalled(now: number): boolean {
    return this.stalledSince > 0 && now - this.stalledSince >= this.flow.limits.writeStallMs;
  }

  /** More waits for the peer than it should: nothing is read until it has taken some of it. */
  protected fallBehind(kind: MessageKind): void {
    if (kind !== 'response') this.missesPushes = true;
    this.pauseForWrites();
  }

  /** What a peer that is cut for taking too little is called. */
  protected get slowness(): 'slow_consumer' | 'slow_reader' {
    return this.missesPushes ? 'slow_consumer' : 'slow_reader';
  }

  private pauseForWrites(): void {
    if (this.stalledSince === 0) this.stalledSince = this.flow.now;
    this.setPaused(this.pauseReasons | PAUSED_BY_WRITES);
  }

  protected written(): void {
    if (this.socket.writableLength >= this.flow.limits.writeBufferSoftBytes) this.pauseForWrites();
    else if (this.stalledSince > 0 || (this.caughtUp !== undefined && !this.isBehind)) this.onDrain();
  }

  private tellCaughtUp(): void {
    const { caughtUp } = this;
    if (caughtUp === undefined) return;
    this.caughtUp = undefined;
    caughtUp();
  }

  /** Called before reading goes on: the place to look at what came in one piece with the last thing that was read. */
  protected abstract resumed(): void;

  private setPaused(reasons: number): void {
    const before = this.pauseReasons;
    this.pauseReasons = reasons;
    if ((before === 0) === (reasons === 0)) return;
    const readable = this.webSocket ?? this.socket;
    if (reasons !== 0) {
      readable.pause();
      return;
    }
    this.resumed();
    if (this.pauseReasons === 0) readable.resume();
  }
}
