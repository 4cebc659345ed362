import { PAIR_BYTES, pairAt } from './surrogate-bytes.js';

/** Whether bytes[start, end) is UTF-8: no overlong form, no surrogate half, nothing past U+10FFFF, nothing cut off. */
export function isValidUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let position = start;
  while (position < end) {
    const length = characterLength(bytes, position, end);
    if (length === 0) return false;
    position += length;
  }
  return true;
}

/** As {@link isValidUtf8}, where a character beyond U+FFFF may also be a surrogate pair of three bytes a half (CESU-8). */
export function isValidCesu8(bytes: Uint8Array, start: number, end: number): boolean {
  let position = start;
  while (position < end) {
    const length = characterLength(bytes, position, end) || pairLength(bytes, position, end);
    if (length === 0) return false;
    position += length;
  }
  return true;
}

function pairLength(bytes: Uint8Array, position: number, end: number): number {
  return pairAt(bytes, position, end) === undefined ? 0 : PAIR_BYTES;
}

/** Bytes of the character that starts at `position`, 0 when there is none. */
function characterLength(bytes: Uint8Array, position: number, end: number): number {
  const lead = bytes[position] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (lead < 0xc2 || lead > 0xf4 || position + length > end) return 0;
  if (!isSecondByte(lead, bytes[position + 1] ?? 0)) return 0;
  for (let index = position + 2; index < position + length; index++) {
    if (((bytes[index] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

/** The second byte alone decides overlong forms (E0, F0), surrogate halves (ED) and the end of Unicode (F4). */
function isSecondByte(lead: number, second: number): boolean {
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return second >= lowest && second <= highest;
}
