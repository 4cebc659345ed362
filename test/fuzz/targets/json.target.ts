import type { JsonRefusal } from 'nestjs-pomelo-protocol';
import type { Protocol } from '../library.js';
import { invariant, textBytes, type FuzzTarget } from './fuzz-target.js';
import { JSON_TOKENS } from './json-tokens.js';
import { jsonSeeds } from './seeds.js';

const limits = { maxBytes: 1500, maxDepth: 5 };
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The same judgement from other parts: a decoder that throws, and a reviver that drops keys. */
function judge(input: Uint8Array): JsonRefusal['reason'] | { readonly text: string } {
  if (input.length === 0) return 'empty';
  if (input.length > limits.maxBytes) return 'too_large';
  try {
    strictDecoder.decode(input);
  } catch {
    return 'bad_utf8';
  }
  try {
    const value: unknown = JSON.parse(strictDecoder.decode(input));
    if (depthOf(value) > limits.maxDepth) return 'too_deep';
    return { text: JSON.stringify(withoutProto(value)) };
  } catch {
    return 'bad_json';
  }
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
    invariant(isSame, `refused as ${value.reason}, and not as ${JSON.stringify(expected)}`);
    return;
  }
  const text = typeof expected === 'string' ? expected : expected.text;
  invariant(JSON.stringify(value) === text, `read as ${JSON.stringify(value)}, and not as ${text}`);
}

/** JSON bodies. */
export const jsonTarget: FuzzTarget = {
  name: 'json',
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
