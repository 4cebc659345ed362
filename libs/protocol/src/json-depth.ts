const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Whether JSON text nests objects and arrays deeper than `maxDepth`. Most text does not even have that many opening
 * brackets, which is cheap to see; only the rest is scanned.
 */
export function isNestedDeeper(text: string, maxDepth: number): boolean {
  if (text.length <= maxDepth) return false;
  const braces = countUpTo(text, '{', maxDepth + 1);
  const brackets = countUpTo(text, '[', maxDepth + 1 - braces);
  return braces + brackets > maxDepth && scanDepth(text, maxDepth);
}

function countUpTo(text: string, character: string, most: number): number {
  let count = 0;
  let index = -1;
  while (count < most && (index = text.indexOf(character, index + 1)) !== -1) count++;
  return count;
}

function scanDepth(text: string, maxDepth: number): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
    if (depth > maxDepth) return true;
  }
  return false;
}

/** The index of the quote that ends the string beginning at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) return index;
    if (code === BACKSLASH) index++;
  }
  return text.length;
}
