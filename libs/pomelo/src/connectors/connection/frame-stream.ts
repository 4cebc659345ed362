import type { RejectReason } from '../../diagnostics.js';

/** How the frames of a byte stream begin. */
export interface FrameHead {
  /** Bytes of the field that says how long a frame is; it stands first. */
  readonly headBytes: number;
  /** Bytes of the shortest frame, head included. */
  readonly minBytes: number;
  /** Bytes of the whole frame, head included, by the head at `start`. */
  frameBytes(source: Buffer, start: number): number;
}

/** Takes frames; false stops the reading. */
export interface FrameSink {
  onFrame(frame: Buffer): boolean;
}

const SMALLEST_BUFFER = 1024;

/** Cuts a byte stream into frames. A frame that is too long is refused on its head, before any of it is kept. */
export class FrameStream {
  private kept = Buffer.alloc(0);
  private keptBytes = 0;
  /** Bytes that must be there before there is anything to do. */
  private needed: number;

  constructor(
    private readonly head: FrameHead,
    /** Bytes of the longest frame, head included. */
    public maxBytes: number,
  ) {
    this.needed = head.headBytes;
  }

  /** Nothing is left of what came. */
  get isEmpty(): boolean {
    return this.keptBytes === 0;
  }

  /** Gives every frame that is complete now; the reason when the stream is not one of frames. */
  push(chunk: Buffer, sink: FrameSink): RejectReason | undefined {
    if (this.keptBytes === 0) return this.split(chunk, sink);
    this.keep(chunk);
    if (this.keptBytes < this.needed) return undefined;
    const bytes = this.kept.subarray(0, this.keptBytes);
    this.kept = Buffer.alloc(0);
    this.keptBytes = 0;
    return this.split(bytes, sink);
  }

  private split(bytes: Buffer, sink: FrameSink): RejectReason | undefined {
    const { headBytes, minBytes } = this.head;
    let start = 0;
    while (bytes.length - start >= headBytes) {
      const size = this.head.frameBytes(bytes, start);
      if (size < minBytes) return 'truncated';
      if (size > this.maxBytes) return 'oversize';
      if (bytes.length - start < size) break;
      if (!sink.onFrame(bytes.subarray(start, start + size))) return undefined;
      start += size;
    }
    if (start < bytes.length) this.keepRest(bytes.subarray(start));
    return undefined;
  }

  private keepRest(rest: Buffer): void {
    const { headBytes } = this.head;
    this.needed = rest.length < headBytes ? headBytes : this.head.frameBytes(rest, 0);
    this.keep(rest);
  }

  /** Copies, into a buffer that grows with what really came and not with what its head promises. */
  private keep(chunk: Buffer): void {
    const bytes = this.keptBytes + chunk.length;
    if (bytes > this.kept.length) {
      const larger = Buffer.allocUnsafe(Math.max(bytes, SMALLEST_BUFFER, 2 * this.kept.length));
      this.kept.copy(larger, 0, 0, this.keptBytes);
      this.kept = larger;
    }
    chunk.copy(this.kept, this.keptBytes);
    this.keptBytes = bytes;
  }
}
