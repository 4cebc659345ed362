import { isUtf8 } from 'node:buffer';
import type { JsonRefusal } from 'nestjs-pomelo-protocol';
import type { Protocol } from '../library.js';
import { invariant, textBytes, type FuzzTarget } from './fuzz-target.js';
import { JSON_TOKENS } from './json-tokens.js';
import { jsonSeeds } from './seeds.js';

const limits = { maxBytes: 160, maxDepth: 5 };
const CESU8_LEAD = 0xed;
const CESU8_PAIR = /\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]/g;

/** The same judgement from other parts: the runtime's own look at UTF-8, and copies without the key. */
function judge(input: Uint8Array): JsonRefusal['reason'] | { readonly text: string } {
  if (input.length === 0) return 'empty';
  if (input.length > limits.maxBytes) return 'too_large';
  const utf8 = withoutCesu8(input);
  if (!isUtf8(utf8)) return 'bad_utf8';
  try {
    const value: unknown = JSON.parse(utf8.toString());
    if (depthOf(value) > limits.maxDepth) return 'too_deep';
    return { text: JSON.stringify(withoutProto(value)) };
  } catch {
    return 'bad_json';
  }
}

/** The bytes with each surrogate pair of three bytes a half written as the four bytes of its character. */
function withoutCesu8(input: Uint8Array): Buffer {
  if (!input.includes(CESU8_LEAD)) return Buffer.from(input);
  const bytes = Buffer.from(input).toString('latin1');
  const utf8 = bytes.replace(CESU8_PAIR, (pair) => {
    const [high = 0, low = 0] = [pair.slice(1, 3), pair.slice(4)].map(
      (half) => 0xd000 | ((half.charCodeAt(0) & 0x3f) << 6) | (half.charCodeAt(1) & 0x3f),
    );
    return Buffer.from(String.fromCharCode(high, low)).toString('latin1');
  });
  return Buffer.from(utf8, 'latin1');
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Object.values(value).reduce<number>((most, child) => Math.max(most, depthOf(child)), 0);
}

function withoutProto(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutProto);
  const entries = Object.entries(value).filter(([key]) => key !== '__proto__');
  return Object.fromEntries(entries.map(([key, child]) => [key, withoutProto(child)]));
}

function check({ parseJson, JsonRefusal }: Protocol, input: Uint8Array): void {
  const framed = Buffer.concat([Buffer.from('"{'), input, Buffer.from('}"')]);
  const value = parseJson(framed, 2, framed.length - 2, limits);
  const expected = judge(input);
  if (value instanceof JsonRefusal) {
    // Text that is no JSON has no depth: it may be refused for that of its brackets.
    const isSame = value.reason === expected || (value.reason === 'too_deep' && expected === 'bad_json');
    invariant(isSame, () => `refused as ${value.reason}, and not as ${JSON.stringify(expected)}`);
    return;
  }
  const text = typeof expected === 'string' ? expected : expected.text;
  invariant(
    JSON.stringify(value) === text,
    () => `a value is read as ${text}, and not as ${JSON.stringify(value)}`,
  );
}

/** JSON bodies. */
export const jsonTarget: FuzzTarget = {
  name: 'json',
  maxBytes: 200,
  seeds: [
    ...jsonSeeds('live', 'e2e_json_replies'),
    ...textBytes(
      '{"a":{"__proto__":[1]}}',
      '"\\u00e9"',
      '[[[[[1]]]]]',
      '[[[[[[]]]]]]',
      '[{"a":[{"a":[{}]}]}]',
      '{"a":{"a":{"a":{"a":{"a":0}}}}}',
      '-1.5e3',
    ),
  ],
  tokens: JSON_TOKENS,
  prepare:
    ({ protocol }) =>
    (input) =>
      check(protocol, input),
};
