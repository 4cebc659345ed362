import { deepEqual, equal } from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseJson, type JsonLimits } from './json-guard.js';
import { JsonRefusal } from './json-refusal.js';

const limits: JsonLimits = { maxBytes: 1_000_000, maxDepth: 64 };

function parse(text: string | Uint8Array, given: Partial<JsonLimits> = {}): unknown {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const framed = Uint8Array.from([0x5b, ...bytes, 0x5d]);
  return parseJson(framed, 1, framed.length - 1, { ...limits, ...given });
}

function hasProtoKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasProtoKey);
}

describe('parseJson', () => {
  it('gives what JSON.parse gives', () => {
    const key = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\\u005f', 'constructor', 'toString'),
    );
    const value = fc.jsonValue({ stringUnit: 'binary' });
    fc.assert(
      fc.property(fc.oneof(value, fc.dictionary(key, value)), fc.nat(2), (input, indent) => {
        fc.pre(!hasProtoKey(input));
        const text = JSON.stringify(input, undefined, indent);
        deepEqual(parse(text), JSON.parse(text));
      }),
    );
  });

  it.each(['null', '0', 'false', '""', '[]', '{}', '-0', '1e400', '9007199254740993', ' 1 ', '"\\ud800"'])(
    'keeps %s as it is',
    (text) => {
      expect(parse(text)).toEqual(JSON.parse(text));
    },
  );

  it('reads an escaped and a literal U+FFFD, which is no sign of bad bytes by itself', () => {
    expect(parse('["\uFFFD", "\\ufffd"]')).toEqual(['\uFFFD', '\uFFFD']);
  });

  it('never throws, whatever the bytes', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ':',
      ',',
      'a',
      '1',
      '\\u00',
      '__proto__',
      '\u0000',
    );
    const soup = fc.array(pieces).map((parts) => new TextEncoder().encode(parts.join('')));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), soup), fc.nat(4), (bytes, maxDepth) => {
        parse(bytes, { maxDepth });
      }),
    );
  });
});

describe('parseJson removes __proto__', () => {
  it.each([
    ['at the top', '{"__proto__":{"polluted":1},"a":1}', { a: 1 }],
    ['inside arrays and objects', '{"a":[{"b":{"__proto__":1,"c":2}}]}', { a: [{ b: { c: 2 } }] }],
    ['inside what it holds itself', '{"__proto__":{"__proto__":1}}', {}],
    ['written with escapes', '{"\\u005f\\u005Fproto\\u005f_":1,"a":1}', { a: 1 }],
    ['written with one escape in its middle', '{"__pr\\u006fto__":1}', {}],
  ])('%s', (_name, text, expected) => {
    const value = parse(text);
    expect(value).toEqual(expected);
    expect(hasProtoKey(value)).toBe(false);
    expect(JSON.stringify(value)).toBe(JSON.stringify(expected));
  });

  it('and nothing else: not values of that name, not similar keys', () => {
    const text = '{"a":"__proto__","__proto":1,"constructor":{"prototype":1}}';
    expect(JSON.stringify(parse(text))).toBe(text);
  });

  it('without a stack that could overflow', () => {
    const depth = 100_000;
    const value = parse(`${'['.repeat(depth)}{"__proto__":1}${']'.repeat(depth)}`, {
      maxDepth: Number.POSITIVE_INFINITY,
    });
    expect(Array.isArray(value)).toBe(true);
  });
});

describe('parseJson reads', () => {
  it.each([
    ['a character beyond U+FFFF in four bytes', '22f09f988022', '😀'],
    [
      'the same in two halves of three bytes, as browser clients of Pomelo write it',
      '22eda0bdedb88022',
      '😀',
    ],
    ['both beside a replacement character', '22efbfbdf09f9880eda0bdedb88122', '\uFFFD😀😁'],
  ])('%s', (_name, hex, text) => {
    expect(parse(Buffer.from(hex, 'hex'))).toBe(text);
  });
});

describe('parseJson refuses', () => {
  it.each([
    ['nothing at all', '', JsonRefusal.Empty],
    ['white space alone', '  ', JsonRefusal.BadJson],
    ['half a value', '{"a":', JsonRefusal.BadJson],
    ['two values', '{}{}', JsonRefusal.BadJson],
    ['a byte order mark', '\uFEFF{}', JsonRefusal.BadJson],
    ['brackets that close first', ']]]]][[[[', JsonRefusal.BadJson],
    ['a hundred thousand brackets', '['.repeat(100_000), JsonRefusal.TooDeep],
  ])('%s', (_name, text, refusal) => {
    expect(parse(text)).toBe(refusal);
  });

  it.each([
    ['bytes that no text has', [0x22, 0xff, 0xfe, 0x22]],
    ['a surrogate half', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['surrogate halves in the wrong order', [0x22, 0xed, 0xb8, 0x80, 0xed, 0xa0, 0xbd, 0x22]],
    [
      'a surrogate pair beside bytes that no text has',
      [0x22, 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80, 0xff, 0x22],
    ],
    ['a character that is cut off', [0x22, 0xe4, 0xb8, 0x22]],
  ])('%s', (_name, bytes) => {
    expect(parse(Uint8Array.from(bytes))).toBe(JsonRefusal.BadUtf8);
  });

  it('one byte more than the limit, and not the limit', () => {
    expect(parse('[1,2]', { maxBytes: 5 })).toEqual([1, 2]);
    expect(parse('[1,2]', { maxBytes: 4 })).toBe(JsonRefusal.TooLarge);
  });

  it('exactly what is nested deeper than the limit', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(6), (input, maxDepth) => {
        const result = parse(JSON.stringify(input), { maxDepth });
        equal(result === JsonRefusal.TooDeep, depthOf(input) > maxDepth);
      }),
    );
  });

  it.each([0, 1, 3, 64])('the first bracket more than a limit of %i', (maxDepth) => {
    expect(parse(nested(maxDepth) || '1', { maxDepth })).not.toBeInstanceOf(JsonRefusal);
    expect(parse(nested(maxDepth + 1), { maxDepth })).toBe(JsonRefusal.TooDeep);
  });

  it('no text for brackets that are only written in strings', () => {
    const value = [['{[{[', '\\"{[{[', '"]['], { '{{{': '[[[' }];
    expect(parse(JSON.stringify(value), { maxDepth: 2 })).toEqual(value);
    expect(parse(JSON.stringify(value), { maxDepth: 1 })).toBe(JsonRefusal.TooDeep);
  });
});

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}
