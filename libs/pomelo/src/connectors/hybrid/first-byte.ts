import type { FirstByte } from '../../edge/intake.js';

/** Decides on the first byte alone: package types are 1 to 5, methods of HTTP are capital letters. */
export function readFirstByte(byte: number): FirstByte {
  if (byte >= 1 && byte <= 5) return 'stream';
  return byte >= 0x41 && byte <= 0x5a ? 'http' : 'unknown';
}
