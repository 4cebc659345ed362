import { runtimeBuffer } from './runtime-buffer.js';

/**
 * Memory for bytes of which every one is written before it is read; what it holds until then is arbitrary. A `Buffer`
 * of Node's pool where there is one, because that costs a quarter of a new `Uint8Array`.
 */
export function allocateBytes(size: number): Uint8Array {
  return runtimeBuffer === undefined ? new Uint8Array(size) : runtimeBuffer.allocUnsafe(size);
}
