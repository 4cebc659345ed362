import type { FlushQueue, Flushable } from './flush-queue.js';
import type { SharedJoin } from './shared-join.js';
import { frameHeaderBytes, writeFrameHeader } from '../../edge/ws-frame.js';

/** Where a connection writes to and is read from: a `net.Socket`, or what stands for one. */
export interface Wire {
  readonly writable: boolean;
  /** Bytes that were written and that the peer has not taken yet. */
  readonly writableLength: number;
  /** It was given more than it wants to hold, and says when that has been taken; absent where it always says so. */
  readonly writableNeedDrain?: boolean;
  write(bytes: Buffer): unknown;
  /** Joins the writes until {@link Wire.uncork} into one of the system's, without copying them. */
  cork?(): void;
  uncork?(): void;
  pause(): unknown;
  resume(): unknown;
  /** Ends it after everything written so far. */
  end(): unknown;
  /** Cuts it. */
  destroy(): unknown;
}

/**
 * Packages of this size, on average, are not copied into one buffer: a push to thousands who do not read is one buffer for
 * all of them. Below it a copy is cheaper than the bookkeeping of the writes; see `bench/figures`.
 */
const SHARED_FROM_BYTES = 4 * 1024;

/**
 * The one writer of a connection: what one turn sends leaves in one write. A base class and not a part, so that a
 * connection is a single object.
 */
export abstract class ConnectionWriter implements Flushable {
  private first: Buffer | undefined = undefined;
  private rest: Buffer[] | undefined = undefined;
  private queuedBytes = 0;

  constructor(
    protected readonly socket: Wire,
    private readonly flushQueue: FlushQueue,
    /** What is sent goes into WebSocket frames. */
    protected readonly framed: boolean,
  ) {}

  /** Bytes that the peer has not taken yet. */
  get outstandingBytes(): number {
    return this.queuedBytes + this.socket.writableLength;
  }

  /** Queues one package for the end of this turn. */
  protected enqueue(bytes: Buffer): void {
    this.queuedBytes += bytes.length;
    if (this.first === undefined) {
      this.first = bytes;
      this.flushQueue.add(this);
    } else if (this.rest === undefined) this.rest = [bytes];
    else this.rest.push(bytes);
  }

  /** Writes what is queued, now. */
  flush(): void {
    const { first, rest, queuedBytes } = this;
    if (first === undefined) return;
    this.first = undefined;
    this.rest = undefined;
    this.queuedBytes = 0;
    if (!this.canWrite) return;
    // Written below the WebSocket library, on the socket that we gave to it: whole frames only, so that its own control
    // frames never land inside one.
    const count = 1 + (rest?.length ?? 0);
    if (queuedBytes >= SHARED_FROM_BYTES * count && (this.framed || rest !== undefined))
      this.writeShared(first, rest, queuedBytes);
    else if (rest === undefined && !this.framed) this.socket.write(first);
    else this.socket.write(this.sharedJoin().of(first, rest, queuedBytes));
    this.written();
  }

  /** Each package leaves in a WebSocket frame of its own, as some clients read only the first of a frame. */
  protected get framesTogether(): boolean {
    return false;
  }

  private sharedJoin(): SharedJoin {
    const { stream, frames, oneFrame } = this.flushQueue.joins;
    if (!this.framed) return stream;
    return this.framesTogether ? oneFrame : frames;
  }

  private writeShared(first: Buffer, rest: readonly Buffer[] = [], bytes: number): void {
    const { socket } = this;
    socket.cork?.();
    if (this.framed && this.framesTogether) socket.write(frameHeader(bytes));
    for (const one of [first, ...rest]) {
      if (this.framed && !this.framesTogether) socket.write(frameHeader(one.length));
      socket.write(one);
    }
    socket.uncork?.();
  }

  /** The peer may still be sent something. */
  protected get canWrite(): boolean {
    return this.socket.writable;
  }

  /** Called after every write: the place to look at {@link outstandingBytes}. */
  protected abstract written(): void;
}

function frameHeader(payloadBytes: number): Buffer {
  const header = Buffer.allocUnsafe(frameHeaderBytes(payloadBytes));
  writeFrameHeader(header, 0, payloadBytes);
  return header;
}
