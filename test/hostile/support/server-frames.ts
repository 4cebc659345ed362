/** Takes frames of a server. */
export type FrameListener = (opcode: number, payload: Buffer) => void;

/** Cuts what a server sends into WebSocket frames. */
export class ServerFrames {
  private pending: Buffer = Buffer.alloc(0);

  constructor(private readonly onFrame: FrameListener) {}

  push(chunk: Buffer): void {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    for (let used = this.takeOne(); used > 0; used = this.takeOne()) {
      this.pending = this.pending.subarray(used);
    }
  }

  /** Hands out the first frame; gives its length, 0 when it is not complete. */
  private takeOne(): number {
    const { pending } = this;
    if (pending.length < 2) return 0;
    const [first = 0, short = 0] = pending;
    const start = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (pending.length < start) return 0;
    const length = start === 2 ? short : pending.readUIntBE(start === 4 ? 2 : 4, start === 4 ? 2 : 6);
    if (pending.length < start + length) return 0;
    this.onFrame(first & 0x0f, pending.subarray(start, start + length));
    return start + length;
  }
}
