import { PAIR_BYTES, pairAt, surrogateAt } from './surrogate-bytes.js';
import { utf8Decode } from './text.js';

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
    if (surrogateAt(bytes, position, end) === undefined) {
      position++;
      continue;
    }
    const pair = pairAt(bytes, position, end);
    text += utf8Decode(bytes, plainStart, position) + (pair ?? REPLACEMENT);
    position += pair === undefined ? 3 : PAIR_BYTES;
    plainStart = position;
  }
  return text + utf8Decode(bytes, plainStart, end);
}
