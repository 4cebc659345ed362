import type { ProtobufLimits } from './protobuf-limits.js';
import { ProtobufRefusal } from './protobuf-refusal.js';

/** What the number reads return together with a refusal; no varint is negative. */
const REFUSED = -1;

/** A varint of 2^53-1 takes 8 bytes. */
const MAX_VARINT_BYTES = 8;

/** pomelo-protobuf keeps a key in a signed 32-bit integer. */
const MAX_KEY = 2 ** 31 - 1;

/**
 * The state of decoding one body. The first refusal stays in `refusal`; readers go on harmlessly until they look
 * there, because no read passes `end`.
 */
export class ProtobufCursor {
  refusal: ProtobufRefusal | undefined;
  private depth = 0;
  private elements = 0;
  private view: DataView | undefined;

  constructor(
    readonly bytes: Uint8Array,
    public position: number,
    /** Where the message that is being read ends; moved inwards for nested ones. */
    public end: number,
    private readonly limits: ProtobufLimits,
  ) {}

  /** Records why the body is refused, unless an earlier reason is known. */
  refuse(refusal: ProtobufRefusal): number {
    this.refusal ??= refusal;
    return REFUSED;
  }

  /** Counts one more level of nesting; false when that is one too many. */
  enterMessage(): boolean {
    if (this.depth >= this.limits.maxDepth) this.refuse(ProtobufRefusal.TooDeep);
    else this.depth++;
    return this.refusal === undefined;
  }

  /** Leaves the level that `enterMessage` counted. */
  leaveMessage(): void {
    this.depth--;
  }

  /** A varint of up to 2^53-1, padded ones included as far as 8 bytes go. */
  readVarint(): number {
    let value = 0;
    let unit = 1;
    for (let count = 0; count < MAX_VARINT_BYTES; count++) {
      const byte = this.position < this.end ? this.bytes[this.position] : undefined;
      if (byte === undefined) return this.refuse(ProtobufRefusal.Truncated);
      this.position++;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) break;
      if (count === MAX_VARINT_BYTES - 1) return this.refuse(ProtobufRefusal.BadVarint);
      unit *= 0x80;
    }
    return value <= Number.MAX_SAFE_INTEGER ? value : this.refuse(ProtobufRefusal.BadVarint);
  }

  /** A zigzag varint, -2^52 to 2^52-1, by arithmetic: shifts would cut it at 32 bits. */
  readSignedVarint(): number {
    const value = this.readVarint();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  /** The tag of the next key. Its wire type means nothing: browser clients of Pomelo write 2 for every integer. */
  readTag(): number {
    const key = this.readVarint();
    if (key > MAX_KEY) return this.refuse(ProtobufRefusal.BadTag);
    return key === REFUSED ? REFUSED : key >>> 3;
  }

  /** The byte length of a string or message, at most what is left. */
  readLength(): number {
    const length = this.readVarint();
    return length > this.end - this.position ? this.refuse(ProtobufRefusal.Truncated) : length;
  }

  /** The element count of a packed field whose elements take `minimumBytes` each, at most what can still follow. */
  readCount(minimumBytes: number): number {
    const count = this.readVarint();
    if (count * minimumBytes > this.end - this.position) return this.refuse(ProtobufRefusal.Truncated);
    return count;
  }

  /** Charges elements of a repeated field to the body; false when there are too many. */
  takeElements(count: number): boolean {
    this.elements += count;
    if (this.elements > this.limits.maxElements) this.refuse(ProtobufRefusal.TooManyElements);
    return this.refusal === undefined;
  }

  /** A 4-byte IEEE 754 number, little endian. */
  readFloat(): number {
    const start = this.skip(4);
    return start === REFUSED ? 0 : this.dataView().getFloat32(start, true);
  }

  /** An 8-byte IEEE 754 number, little endian. */
  readDouble(): number {
    const start = this.skip(8);
    return start === REFUSED ? 0 : this.dataView().getFloat64(start, true);
  }

  /** Moves past `byteCount` bytes and returns where they began. */
  skip(byteCount: number): number {
    const start = this.position;
    if (byteCount > this.end - start) return this.refuse(ProtobufRefusal.Truncated);
    this.position = start + byteCount;
    return start;
  }

  private dataView(): DataView {
    this.view ??= new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    return this.view;
  }
}
