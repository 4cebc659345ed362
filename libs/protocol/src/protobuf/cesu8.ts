import { utf8Decode } from '../text.js';

const REPLACEMENT = '\uFFFD';

/**
 * Decodes UTF-8 and CESU-8 mixed as they come, because the browser client of Pomelo writes each half of a surrogate
 * pair as three bytes of its own. Halves that follow each other are joined; a lone half is one U+FFFD. Never throws.
 */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  const text = utf8Decode(bytes, start, end);
  // A surrogate half is not UTF-8, so only text with a replacement character can hold one.
  return text.includes(REPLACEMENT) ? decodeWithSurrogates(bytes, start, end) : text;
}

function decodeWithSurrogates(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let plainStart = start;
  let position = start;
  while (position < end) {
    const unit = surrogateAt(bytes, position, end);
    if (unit === undefined) {
      position++;
      continue;
    }
    const next = unit < 0xdc00 ? surrogateAt(bytes, position + 3, end) : undefined;
    const isPair = next !== undefined && next >= 0xdc00;
    text += utf8Decode(bytes, plainStart, position);
    text += isPair ? String.fromCharCode(unit, next) : REPLACEMENT;
    position += isPair ? 6 : 3;
    plainStart = position;
  }
  return text + utf8Decode(bytes, plainStart, end);
}

/** The UTF-16 surrogate that three bytes spell: 0xED, then 0xA0 to 0xBF. No byte of a valid character is 0xED but its first. */
function surrogateAt(bytes: Uint8Array, position: number, end: number): number | undefined {
  if (position + 3 > end || bytes[position] !== 0xed) return undefined;
  const middle = bytes[position + 1] ?? 0;
  const last = bytes[position + 2] ?? 0;
  if (middle < 0xa0 || middle > 0xbf || (last & 0xc0) !== 0x80) return undefined;
  return 0xd000 | ((middle & 0x3f) << 6) | (last & 0x3f);
}
