import { runtimeBuffer } from './runtime-buffer.js';
export { isValidUtf8 } from './utf8-validator.js';

// Taken once, because every call through `runtimeBuffer` would look them up again.
const utf8Slice = runtimeBuffer?.prototype.utf8Slice;
const utf8WriteInto = runtimeBuffer?.prototype.utf8Write;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * The text of bytes[start, end). Never throws: malformed UTF-8 becomes U+FFFD, a range beyond the bytes is cut, and a
 * byte order mark is kept as a character.
 */
export function utf8Decode(bytes: Uint8Array, start: number, end: number): string {
  const stop = end > bytes.length ? bytes.length : end;
  if (start >= stop) return '';
  if (utf8Slice !== undefined) return utf8Slice.call(bytes, start, stop);
  return decoder.decode(bytes.subarray(start, stop));
}

/** How many bytes the text takes as UTF-8; half a surrogate pair counts as the three bytes of U+FFFD. */
export function utf8ByteLength(text: string): number {
  return runtimeBuffer === undefined ? encoder.encode(text).length : runtimeBuffer.byteLength(text, 'utf8');
}

/** Writes the text as UTF-8 at `offset` and returns the number of bytes; what does not fit is left out. */
export function utf8Write(target: Uint8Array, text: string, offset: number): number {
  const room = target.length - offset;
  if (room <= 0) return 0;
  if (utf8WriteInto !== undefined) return utf8WriteInto.call(target, text, offset, room);
  return encoder.encodeInto(text, target.subarray(offset)).written;
}

/** The text as UTF-8, in memory of its own. */
export function utf8Encode(text: string): Uint8Array {
  return encoder.encode(text);
}
