/** Bytes of a surrogate pair in CESU-8: each half takes three. */
export const PAIR_BYTES = 6;

/** The UTF-16 surrogate that three bytes spell: 0xED, then 0xA0 to 0xBF. No byte of a valid character is 0xED but its first. */
export function surrogateAt(bytes: Uint8Array, position: number, end: number): number | undefined {
  if (position + 3 > end || bytes[position] !== 0xed) return undefined;
  const middle = bytes[position + 1] ?? 0;
  const last = bytes[position + 2] ?? 0;
  if (middle < 0xa0 || middle > 0xbf || (last & 0xc0) !== 0x80) return undefined;
  return 0xd000 | ((middle & 0x3f) << 6) | (last & 0x3f);
}

/** The character of a surrogate pair that six bytes spell, a high half and a low one. */
export function pairAt(bytes: Uint8Array, position: number, end: number): string | undefined {
  const high = surrogateAt(bytes, position, end);
  if (high === undefined || high >= 0xdc00) return undefined;
  const low = surrogateAt(bytes, position + 3, end);
  return low === undefined || low < 0xdc00 ? undefined : String.fromCharCode(high, low);
}
