import type { Dialect } from './dialects/dialect.js';

/** Ids below 128 take one byte; more than may be in flight on one connection. */
const CYCLE = 100;

/** Every request that a connection sends, framed beforehand: to send some is to write a part of one buffer. */
export class RequestRing {
  /** Most requests that can be taken at once. */
  static readonly size = CYCLE;

  private readonly bytes: Buffer;
  private readonly offsets: number[] = [0];

  constructor(dialect: Dialect) {
    const frames = Array.from({ length: 2 * CYCLE }, (_, index) =>
      dialect.framing.wrap(dialect.request((index % CYCLE) + 1)),
    );
    for (const frame of frames) this.offsets.push((this.offsets.at(-1) ?? 0) + frame.length);
    this.bytes = Buffer.concat(frames);
  }

  /** The bytes of `count` requests, from the `position`th on. */
  slice(position: number, count: number): Buffer {
    const first = position % CYCLE;
    return this.bytes.subarray(this.offsets[first], this.offsets[first + count]);
  }
}
