import { utf8ByteLength, utf8Write } from '../text.js';
import { varintByteLength, writeVarint } from '../varint.js';

const INITIAL_BYTES = 256;
/** A writer that grew beyond this is not kept: one big body must not hold its memory for ever. */
const KEPT_BYTES = 64 * 1024;
const MAX_VARINT_BYTES = 8;

/** Collects the bytes of one body after the other in memory that grows as needed. */
export class ProtobufWriter {
  private bytes = new Uint8Array(INITIAL_BYTES);
  private view = new DataView(this.bytes.buffer);
  private position = 0;

  /** True while the writer is small enough to be used again. */
  get reusable(): boolean {
    return this.bytes.length <= KEPT_BYTES;
  }

  /** An integer from 0 to 2^53-1. */
  varint(value: number): void {
    this.reserve(MAX_VARINT_BYTES);
    this.position = writeVarint(this.bytes, value, this.position);
  }

  /** An integer from -2^52 to 2^52-1 as a zigzag varint. */
  signedVarint(value: number): void {
    this.varint(value < 0 ? value * -2 - 1 : value * 2);
  }

  /** A 4-byte IEEE 754 number, little endian. */
  float(value: number): void {
    this.reserve(4);
    this.view.setFloat32(this.position, value, true);
    this.position += 4;
  }

  /** An 8-byte IEEE 754 number, little endian. */
  double(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.position, value, true);
    this.position += 8;
  }

  /** The byte length as a varint, then the text as UTF-8. */
  string(text: string): void {
    const byteLength = utf8ByteLength(text);
    this.varint(byteLength);
    this.reserve(byteLength);
    this.position += utf8Write(this.bytes, text, this.position);
  }

  /** Opens a message inside this one; what is returned goes to `endNested`. */
  beginNested(): number {
    this.reserve(1);
    return this.position++;
  }

  /** Closes a nested message: puts its length before it. One byte is kept free for that, a longer one moves the bytes. */
  endNested(lengthAt: number): void {
    const start = lengthAt + 1;
    const byteLength = this.position - start;
    const extra = varintByteLength(byteLength) - 1;
    if (extra > 0) {
      this.reserve(extra);
      this.bytes.copyWithin(start + extra, start, this.position);
      this.position += extra;
    }
    writeVarint(this.bytes, byteLength, lengthAt);
  }

  /** A copy of what was written; the writer is empty again. */
  finish(): Uint8Array {
    const body = this.bytes.slice(0, this.position);
    this.position = 0;
    return body;
  }

  private reserve(byteCount: number): void {
    const needed = this.position + byteCount;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.position));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
