import { allocateBytes } from './bytes.js';
import { packageBodyBytesAt, packageTypeAt } from './package-head.js';
import { PACKAGE_HEAD_BYTES, type PackageType } from './package.js';

/** Why bytes are not packages. */
export type PackageRefusal = 'bad_type' | 'oversize' | 'truncated';

/** Takes packages as they are decoded. */
export interface PackageSink {
  /**
   * One package, whose body is bytes[start, end). The decoder never writes to these bytes again. Must not throw;
   * returns false to stop decoding for good, because the connection was closed.
   */
  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean;
}

const EMPTY: Uint8Array = new Uint8Array(0);

/**
 * Cuts a TCP stream into packages, however it is split. A package that lies in one chunk is handed out where it lies;
 * only one that is spread over several is copied, into memory that grows with what arrived and not with what the head
 * announces. Type and length are judged as soon as their bytes are there. Never throws.
 */
export class PackageDecoder {
  #collected = EMPTY;
  #collectedBytes = 0;
  #refusal: PackageRefusal | undefined;
  #stopped = false;

  /** @param maxBodyBytes the longest body to accept; may be changed between packages, also from `onPackage`. */
  constructor(public maxBodyBytes: number) {}

  /** Bytes of the package that is not complete yet. */
  get bufferedBytes(): number {
    return this.#collectedBytes;
  }

  /**
   * Decodes what arrived. Undefined means fine: more may come. A refusal is final, every later call returns it again.
   * Once `onPackage` returned false, the rest of the chunk and everything later is dropped, which is not a refusal.
   */
  push(chunk: Uint8Array, sink: PackageSink): PackageRefusal | undefined {
    let offset = this.#collectedBytes === 0 ? 0 : this.#completeCollected(chunk, sink);
    while (offset < chunk.length && this.#refusal === undefined && !this.#stopped) {
      offset = this.#take(chunk, offset, sink);
    }
    return this.#refusal;
  }

  /** Hands out the package at `offset`, or keeps the part of it that is there. Returns where the next one begins. */
  #take(chunk: Uint8Array, offset: number, sink: PackageSink): number {
    const available = chunk.length - offset;
    const type = packageTypeAt(chunk, offset);
    if (type === undefined) return this.#refuse('bad_type');
    if (available < PACKAGE_HEAD_BYTES) return this.#collect(chunk, offset, available, PACKAGE_HEAD_BYTES);
    const bodyBytes = packageBodyBytesAt(chunk, offset);
    if (!(bodyBytes <= this.maxBodyBytes)) return this.#refuse('oversize');
    const bodyStart = offset + PACKAGE_HEAD_BYTES;
    const end = bodyStart + bodyBytes;
    if (end > chunk.length) return this.#collect(chunk, offset, available, PACKAGE_HEAD_BYTES + bodyBytes);
    this.#stopped = !sink.onPackage(type, chunk, bodyStart, end);
    return end;
  }

  /** Adds to the package that earlier chunks began, head first; hands it out when that completes it. */
  #completeCollected(chunk: Uint8Array, sink: PackageSink): number {
    const offset = this.#fill(chunk, 0, PACKAGE_HEAD_BYTES);
    if (this.#collectedBytes < PACKAGE_HEAD_BYTES) return offset;
    const bodyBytes = packageBodyBytesAt(this.#collected, 0);
    if (!(bodyBytes <= this.maxBodyBytes)) return this.#refuse('oversize');
    const packageBytes = PACKAGE_HEAD_BYTES + bodyBytes;
    const next = this.#fill(chunk, offset, packageBytes);
    if (this.#collectedBytes === packageBytes) this.#handOutCollected(sink);
    return next;
  }

  /** Collects up to `packageBytes` bytes of the package in hand; returns the offset behind what the chunk gave. */
  #fill(chunk: Uint8Array, offset: number, packageBytes: number): number {
    const missing = packageBytes - this.#collectedBytes;
    if (missing <= 0) return offset;
    return this.#collect(chunk, offset, Math.min(missing, chunk.length - offset), packageBytes);
  }

  #collect(chunk: Uint8Array, offset: number, count: number, packageBytes: number): number {
    const end = offset + count;
    const needed = this.#collectedBytes + count;
    if (needed > this.#collected.length) this.#grow(needed, packageBytes);
    this.#collected.set(chunk.subarray(offset, end), this.#collectedBytes);
    this.#collectedBytes = needed;
    return end;
  }

  /** At least doubles, so that a drip is not copied over and over; never takes more than the package can need. */
  #grow(needed: number, packageBytes: number): void {
    const grown = allocateBytes(Math.min(Math.max(needed, this.#collected.length * 2), packageBytes));
    grown.set(this.#collected.subarray(0, this.#collectedBytes));
    this.#collected = grown;
  }

  #handOutCollected(sink: PackageSink): void {
    const bytes = this.#collected;
    const end = this.#collectedBytes;
    const type = packageTypeAt(bytes, 0);
    this.#release();
    if (type !== undefined) this.#stopped = !sink.onPackage(type, bytes, PACKAGE_HEAD_BYTES, end);
  }

  #refuse(refusal: PackageRefusal): number {
    this.#refusal = refusal;
    this.#release();
    return 0;
  }

  #release(): void {
    this.#collected = EMPTY;
    this.#collectedBytes = 0;
  }
}
