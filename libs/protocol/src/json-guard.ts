import { decodeText } from './cesu8.js';
import { JsonRefusal } from './json-refusal.js';
import { isNestedDeeper } from './json-depth.js';
import { removeProtoKeys } from './json-proto-keys.js';
import { utf8Decode } from './text.js';
import { isValidCesu8, isValidUtf8 } from './utf8-validator.js';

/** What one JSON value may cost, whoever wrote it. */
export interface JsonLimits {
  /** Bytes of text. */
  readonly maxBytes: number;
  /** Objects and arrays nested in one another; a value that is neither has depth 0. */
  readonly maxDepth: number;
}

/**
 * The JSON value that is bytes[start, end), or the reason why there is none. Own keys `__proto__` are removed at every
 * depth, however they are written; nothing else is altered. Never throws.
 */
export function parseJson(bytes: Uint8Array, start: number, end: number, limits: JsonLimits): unknown {
  if (start >= end) return JsonRefusal.Empty;
  if (end - start > limits.maxBytes) return JsonRefusal.TooLarge;
  const text = strictText(bytes, start, end);
  if (text === undefined) return JsonRefusal.BadUtf8;
  if (isNestedDeeper(text, limits.maxDepth)) return JsonRefusal.TooDeep;
  const value = parse(text);
  // The key can also be spelt with escapes, each of which begins like this for the letters that it is made of.
  if (text.includes('__proto__') || text.includes('\\u00')) removeProtoKeys(value);
  return value;
}

/** The text; `undefined` when the bytes are neither UTF-8 nor the CESU-8 of Pomelo's browser client. */
function strictText(bytes: Uint8Array, start: number, end: number): string | undefined {
  const text = utf8Decode(bytes, start, end);
  // Decoding leaves U+FFFD where bytes are malformed, so text without one needs no second look.
  if (!text.includes('\uFFFD') || isValidUtf8(bytes, start, end)) return text;
  return isValidCesu8(bytes, start, end) ? decodeText(bytes, start, end) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JsonRefusal.BadJson;
  }
}
