import { PACKAGE_HEAD_BYTES } from './packages.js';
import { BINARY_FRAME, frameHeadBytes } from './ws-bytes.js';

/** Bytes of a body that are kept: enough for a route and a number. */
const KEPT_BYTES = 64;

/** What a {@link PackageStream} tells of a package. */
export interface PackageHead {
  readonly type: number;
  /** The first bytes of its body, valid during the call. */
  readonly start: Buffer;
  /** Bytes of the whole body. */
  readonly length: number;
}

/** Cuts what a server sends into packages, and looks at their first bytes only: large ones cost next to nothing. */
export class PackageStream {
  private readonly kept = Buffer.allocUnsafe(10 + PACKAGE_HEAD_BYTES + KEPT_BYTES);
  private have = 0;
  /** Bytes of the package with all its heads; 0 as long as they have not come. */
  private total = 0;

  constructor(
    private readonly isFramed: boolean,
    private readonly take: (head: PackageHead) => void,
  ) {}

  /** Takes the next bytes. Throws for a frame that brings no package. */
  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      const count = this.total === 0 ? 1 : Math.min(this.total - this.have, chunk.length - at);
      chunk.copy(this.kept, this.have, at, at + count);
      this.have += count;
      at += count;
      if (this.total === 0) this.readHeads();
      if (this.have === this.total) this.finish();
    }
  }

  private get headBytes(): number {
    const frameHead = this.isFramed ? frameHeadBytes(this.kept[1] ?? 0) : 0;
    return frameHead + PACKAGE_HEAD_BYTES;
  }

  private readHeads(): void {
    if (this.isFramed && this.kept[0] !== BINARY_FRAME)
      throw new Error(`a frame that starts with ${this.kept[0]}`);
    if (this.have < 2 || this.have < this.headBytes) return;
    this.total = this.headBytes + this.kept.readUIntBE(this.headBytes - 3, 3);
  }

  private finish(): void {
    const { headBytes, total } = this;
    this.have = 0;
    this.total = 0;
    this.take({
      type: this.kept[headBytes - PACKAGE_HEAD_BYTES] ?? 0,
      start: this.kept.subarray(headBytes, Math.min(total, headBytes + KEPT_BYTES)),
      length: total - headBytes,
    });
  }
}
