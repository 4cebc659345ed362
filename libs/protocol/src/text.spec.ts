import { deepEqual, equal } from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { jest } from '@jest/globals';
import * as fc from 'fast-check';
import * as withBuffer from './text.js';

jest.unstable_mockModule('./runtime-buffer.js', () => ({ runtimeBuffer: undefined }));
jest.resetModules();
const withoutBuffer = await import('./text.js');

/** Any UTF-16, halves of surrogate pairs included. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);

/** Bytes that are text more often than chance would have it. */
const bytes = fc.oneof(
  fc.uint8Array(),
  text.map((value) => new TextEncoder().encode(value)),
  fc
    .array(
      fc.constantFrom(0x41, 0xc0, 0xc1, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0x80, 0x90, 0x9f, 0xa0, 0xbf),
    )
    .map((list) => Uint8Array.from(list)),
);

describe.each([
  ['with the Buffer of Node', withBuffer],
  ['without it, as in a browser', withoutBuffer],
])('text %s', (_name, { isValidUtf8, utf8ByteLength, utf8Decode, utf8Encode, utf8Write }) => {
  it('is decoded as the web platform does, malformed bytes and byte order mark included', () => {
    const platform = new TextDecoder('utf-8', { ignoreBOM: true });
    fc.assert(
      fc.property(bytes, (value) => equal(utf8Decode(value, 0, value.length), platform.decode(value))),
    );
    expect(utf8Decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), 0, 4)).toBe('\uFEFFa');
  });

  it('is decoded within its bounds, and never throws beyond them', () => {
    const value = new TextEncoder().encode('abcdef');
    const ranges = [
      [1, 3],
      [4, 99],
      [3, 3],
      [5, 2],
      [9, 12],
    ] as const;
    expect(ranges.map(([start, end]) => utf8Decode(value, start, end))).toEqual(['bc', 'ef', '', '', '']);
  });

  it('is measured and written as the web platform encodes it', () => {
    fc.assert(
      fc.property(text, fc.nat(4), (value, offset) => {
        const expected = new TextEncoder().encode(value);
        const target = new Uint8Array(offset + expected.length + 4).fill(0xee);
        equal(utf8ByteLength(value), expected.length);
        equal(utf8Write(target, value, offset), expected.length);
        deepEqual(target, Uint8Array.from([...filler(offset), ...expected, ...filler(4)]));
        deepEqual(Uint8Array.from(utf8Encode(value)), expected);
      }),
    );
  });

  it('is written as far as there is room, in whole characters', () => {
    expect(utf8Write(new Uint8Array(4), 'aéé', 0)).toBe(3);
    expect(utf8Write(new Uint8Array(4), 'a', 4)).toBe(0);
    expect(utf8Write(new Uint8Array(4), 'a', 9)).toBe(0);
  });

  it('is valid exactly when Node says so', () => {
    fc.assert(fc.property(bytes, (value) => equal(isValidUtf8(value, 0, value.length), isUtf8(value))));
  });

  it('is not valid for bytes beyond its end', () => {
    const bytes = Uint8Array.of(0x61, 0xc3, 0xa9);
    expect([1, 2, 3].map((end) => isValidUtf8(bytes, 0, end))).toEqual([true, false, true]);
    expect(isValidUtf8(bytes, 2, 3)).toBe(false);
  });
});

function filler(count: number): number[] {
  return Array.from({ length: count }, () => 0xee);
}
