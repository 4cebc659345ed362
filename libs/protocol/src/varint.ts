/** The most bytes that an id may take; 8 hold 56 bits, which covers 2^53-1. */
const MAX_ID_BYTES = 8;

/** How many bytes an integer from 0 to 2^53-1 takes as a base-128 varint: 1 to 8. */
export function varintByteLength(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest /= 128) bytes++;
  return bytes;
}

/**
 * Writes an integer from 0 to 2^53-1 as a base-128 varint, low bits first, and returns the offset behind it. Divides
 * instead of shifting: shifts work on 32 bits, which is how ids from 2^31 on hang Pomelo 2.2.7.
 */
export function writeVarint(target: Uint8Array, value: number, offset: number): number {
  let rest = value;
  let position = offset;
  while (rest >= 128) {
    target[position++] = 128 + (rest % 128);
    rest = Math.floor(rest / 128);
  }
  target[position++] = rest;
  return position;
}

/** Returned by {@link varintEnd} for a varint that the bytes cut off. */
export const VARINT_TRUNCATED = -1;
/** Returned by {@link varintEnd} for a varint of more than 8 bytes. */
export const VARINT_TOO_LONG = -2;

/** The offset behind the varint that begins at `start`, or one of the two verdicts above. */
export function varintEnd(bytes: Uint8Array, start: number, end: number): number {
  const stop = Math.min(end, start + MAX_ID_BYTES);
  for (let position = start; position < stop; position++) {
    if ((bytes[position] ?? 0) < 128) return position + 1;
  }
  return end > stop ? VARINT_TOO_LONG : VARINT_TRUNCATED;
}

/** The value of the varint that is bytes[start, end). Exact up to 2^53-1; a greater one comes out greater. */
export function varintValue(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let position = end - 1; position >= start; position--) {
    value = value * 128 + ((bytes[position] ?? 0) & 0x7f);
  }
  return value;
}
