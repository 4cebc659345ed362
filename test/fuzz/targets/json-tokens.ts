import { textBytes } from './fuzz-target.js';

/** Pieces of JSON, and of the ways in which it goes wrong. */
export const JSON_TOKENS: readonly Uint8Array[] = [
  ...textBytes(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    'null',
    'true',
    '1e400',
    '-0',
    '{"a":1}',
    '[[[[',
    ' ',
  ),
  ...textBytes(
    '"__proto__":',
    '"\\u005f_proto__":',
    '"constructor":',
    '\\ud800',
    '\\u0000',
    '\uFEFF',
    '\uFFFD',
  ),
  Uint8Array.of(0xed, 0xa0, 0x80),
  Uint8Array.of(0xf4, 0x90, 0x80, 0x80),
];
