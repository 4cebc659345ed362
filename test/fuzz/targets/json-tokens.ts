import { textBytes } from './fuzz-target.js';

const SYNTAX = '{ } [ ] " : , \\ null true 1e400 -0 {"a":1} [[[[ [1], [[1]], {"b":1}, "a":[[1]],';
const KEYS = '"__proto__":1, "\\u005f_proto__":1, "__pr\\u006fto__":{}, "\\u0061":1,';
const STRINGS = '"\\"[[[[[[" "\\\\" "]]]" \\ud800 \\u0000 \uFEFF \uFFFD';

/** Pieces of JSON, and of the ways in which it goes wrong. */
export const JSON_TOKENS: readonly Uint8Array[] = [
  ...textBytes(' ', ...[SYNTAX, KEYS, STRINGS].flatMap((tokens) => tokens.split(' '))),
  Uint8Array.of(0xed, 0xa0, 0x80),
  Uint8Array.of(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80),
  Uint8Array.of(0xf4, 0x90, 0x80, 0x80),
];
