import { pomeloError } from '../errors/pomelo.exception.js';
import type { ClusterTransport } from './cluster-driver.interface.js';
import { Comeback } from './comeback.js';
import { batchedBytes, joinFrames } from './frame-batch.js';

/** Who waits for the fate of frames. */
export interface FrameSender {
  /** The answer of a call is still waited for. */
  isWaiting(callId: number): boolean;
  /** The frame of a call left with this batch: from now on the call may be executed. */
  written(callId: number, batchNo: number): void;
  /** The frame of a call never left. */
  unsent(callId: number): void;
}

/** The call of a frame that nobody waits for. */
export const NO_CALL = 0;

interface WaitingFrame {
  readonly bytes: Uint8Array;
  readonly callId: number;
  /** When it began to wait for something else than the end of the turn. */
  readonly since: number;
}

interface PeerQueue {
  frames: WaitingFrame[];
  bytes: number;
}

/** Bounds of an {@link Outbox}. */
export interface OutboxLimits {
  /** Bytes that may wait for the link, or for an engine that is behind. */
  readonly queueBytes: number;
  /** How long a frame may wait for the link, in ms. */
  readonly waitMs: number;
}

/** A batch is cut here, so that one slow receiver loses little and large ones do not delay small ones. */
const BATCH_BYTES = 64 * 1024;

/**
 * Frames on their way to other servers: those of one turn of the event loop leave as one batch for each receiver. While
 * the link is down they wait, within limits, and nothing is handed to the engine, which would lose it; when it is back they
 * wait for their receivers, which may come back later.
 */
export class Outbox {
  private readonly queues = new Map<string, PeerQueue>();
  private waitingBytes = 0;
  private batchNo = 0;
  private isScheduled = false;
  private isUp = false;
  private readonly comeback = new Comeback();
  /** Until the first join: what is asked for early waits for it. */
  private downSince = performance.now();
  private isBehind = false;
  private patience: NodeJS.Timeout | undefined;

  constructor(
    private readonly transport: Pick<ClusterTransport, 'maxBatchBytes' | 'send' | 'multicast' | 'flush'>,
    private readonly limits: OutboxLimits,
    private readonly sender: FrameSender,
  ) {}

  /** Takes a frame; false when too much waits already. Throws `REMOTE_TOO_LARGE`. */
  send(to: string, bytes: Uint8Array, callId: number): boolean {
    const size = this.sizeFor(to, bytes);
    if (!this.isUp && performance.now() - this.downSince >= this.limits.waitMs) {
      this.unsent(callId);
      return true;
    }
    if (this.waitingBytes + size > this.limits.queueBytes) return false;
    this.makeRoom(to, size);
    const queue = this.queueOf(to);
    const mayLeave = this.mayLeaveTo(to);
    queue.frames.push({ bytes, callId, since: mayLeave ? Infinity : performance.now() });
    queue.bytes += size;
    this.waitingBytes += size;
    if (mayLeave) this.schedule();
    else this.bePatient();
    return true;
  }

  /** Sends a frame to all servers of a type, behind what waits for each; false when that cannot leave now. Throws `REMOTE_TOO_LARGE`. */
  multicast(type: string, bytes: Uint8Array): boolean {
    const size = this.sizeFor(type, bytes);
    this.flush();
    // Else it would overtake what still waits.
    if (!this.isUp || this.isBehind || this.queues.size > 0) return false;
    if (!this.transport.multicast(type, joinFrames([bytes], size))) this.fallBehind();
    return true;
  }

  /** The link came up or went down. */
  link(isUp: boolean): void {
    if (this.isUp && !isUp) {
      this.downSince = performance.now();
      this.comeback.begin();
    }
    if (isUp) this.comeback.endIn(this.limits.waitMs);
    this.isUp = isUp;
    if (isUp) this.schedule();
    else for (const queue of this.queues.values()) stamp(queue, performance.now());
    if (!isUp && this.queues.size > 0) this.bePatient();
  }

  /** A server is there: what waits for it may leave. */
  heard(from: string): void {
    if (this.comeback.saw(from)) this.schedule();
  }

  /** Gives up what waits for a server that is gone. */
  forget(to: string): void {
    const queue = this.queues.get(to);
    if (queue === undefined) return;
    this.queues.delete(to);
    this.waitingBytes -= queue.bytes;
    for (const { callId } of queue.frames) this.unsent(callId);
  }

  /** Writes what waits, when it can leave. */
  flush(): void {
    this.isScheduled = false;
    for (const [to, queue] of this.queues) {
      if (this.mayLeaveTo(to)) this.write(to, queue);
    }
  }

  /** Ends the timer. */
  stop(): void {
    clearInterval(this.patience);
    this.patience = undefined;
  }

  private sizeFor(to: string, bytes: Uint8Array): number {
    const size = batchedBytes(bytes);
    const limit = this.transport.maxBatchBytes;
    if (size > limit) throw pomeloError('REMOTE_TOO_LARGE', { bytes: bytes.length, limit, server: to });
    return size;
  }

  private mayLeaveTo(server: string): boolean {
    return this.isUp && !this.isBehind && !this.comeback.isAwaited(server);
  }

  /** A batch that would become too large leaves before the end of the turn. */
  private makeRoom(to: string, size: number): void {
    const full = this.queues.get(to);
    if (full !== undefined && this.mayLeaveTo(to) && full.bytes + size > BATCH_BYTES) this.write(to, full);
  }

  private queueOf(to: string): PeerQueue {
    let queue = this.queues.get(to);
    if (queue === undefined) this.queues.set(to, (queue = { frames: [], bytes: 0 }));
    return queue;
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => this.flush());
  }

  /** One batch, or several: what waited for the link may be more than one can hold. */
  private write(to: string, queue: PeerQueue): void {
    this.queues.delete(to);
    this.waitingBytes -= queue.bytes;
    const limit = Math.min(BATCH_BYTES, this.transport.maxBatchBytes);
    let batch: WaitingFrame[] = [];
    let bytes = 0;
    for (const frame of queue.frames) {
      if (frame.callId !== NO_CALL && !this.sender.isWaiting(frame.callId)) continue;
      const size = batchedBytes(frame.bytes);
      if (bytes + size > limit && batch.length > 0) {
        this.writeBatch(to, batch, bytes);
        batch = [];
        bytes = 0;
      }
      batch.push(frame);
      bytes += size;
    }
    if (batch.length > 0) this.writeBatch(to, batch, bytes);
  }

  private writeBatch(to: string, batch: readonly WaitingFrame[], bytes: number): void {
    this.batchNo += 1;
    const frames = batch.map((frame) => frame.bytes);
    for (const { callId } of batch) if (callId !== NO_CALL) this.sender.written(callId, this.batchNo);
    if (!this.transport.send(to, this.batchNo, joinFrames(frames, bytes))) this.fallBehind();
  }

  /** The engine takes no more for now. */
  private fallBehind(): void {
    if (this.isBehind) return;
    this.isBehind = true;
    const goOn = (): void => {
      this.isBehind = false;
      this.flush();
    };
    this.transport.flush().then(goOn, goOn);
  }

  private bePatient(): void {
    this.patience ??= setInterval(() => this.giveUpOld(), Math.max(1, this.limits.waitMs / 5)).unref();
  }

  private giveUpOld(): void {
    const oldest = performance.now() - this.limits.waitMs;
    for (const [to, queue] of this.queues) {
      const old = queue.frames.filter(({ since }) => since <= oldest);
      queue.frames = queue.frames.filter(({ since }) => since > oldest);
      for (const { bytes, callId } of old) {
        queue.bytes -= batchedBytes(bytes);
        this.waitingBytes -= batchedBytes(bytes);
        this.unsent(callId);
      }
      if (queue.frames.length === 0) this.queues.delete(to);
    }
    this.flush();
    if (this.queues.size === 0) this.stop();
  }

  private unsent(callId: number): void {
    if (callId !== NO_CALL) this.sender.unsent(callId);
  }
}

function stamp(queue: PeerQueue, since: number): void {
  queue.frames = queue.frames.map((frame) => ({ ...frame, since }));
}
