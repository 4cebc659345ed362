import { beginsLikeHttp, type FirstByte } from '../../edge/first-byte.js';

/** Decides on the first byte alone: package types are 1 to 5 or HTTP. */
export function readFirstByte(byte: number): FirstByte {
  if (byte >= 1 && byte <= 5) return 'stream';
  return beginsLikeHttp(byte) ? 'http' : 'unknown';
}
