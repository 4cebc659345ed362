import { equal } from 'node:assert/strict';
import * as fc from 'fast-check';
import { toHex } from '../../../test/support/vectors.js';
import {
  VARINT_TOO_LONG,
  VARINT_TRUNCATED,
  varintByteLength,
  varintEnd,
  varintValue,
  writeVarint,
} from './varint.js';

const integer = fc.oneof(
  fc.maxSafeNat(),
  fc.integer({ min: 0, max: 53 }).map((bits) => 2 ** bits - 1),
);

describe('varints', () => {
  it('come back as they were written, up to 2^53-1, in the length that was promised', () => {
    fc.assert(
      fc.property(integer, fc.nat(5), (value, offset) => {
        const target = new Uint8Array(offset + 10).fill(0xff);
        const end = writeVarint(target, value, offset);
        equal(end - offset, varintByteLength(value));
        equal(varintEnd(target, offset, target.length), end);
        equal(varintValue(target, offset, end), value);
      }),
    );
  });

  it('are the ones of BigInt arithmetic', () => {
    fc.assert(
      fc.property(integer, (value) => {
        let hex = '';
        let rest = BigInt(value);
        for (; rest >= 128n; rest >>= 7n) hex += ((rest & 127n) | 128n).toString(16).padStart(2, '0');
        hex += rest.toString(16).padStart(2, '0');
        const bytes = new Uint8Array(varintByteLength(value));
        writeVarint(bytes, value, 0);
        equal(toHex(bytes), hex);
      }),
    );
  });

  it('without an end are cut off before 8 bytes and too long after', () => {
    const bytes = new Uint8Array(12).fill(0x80);
    expect([0, 1, 8, 9, 12].map((end) => varintEnd(bytes, 0, end))).toEqual([
      VARINT_TRUNCATED,
      VARINT_TRUNCATED,
      VARINT_TRUNCATED,
      VARINT_TOO_LONG,
      VARINT_TOO_LONG,
    ]);
  });

  it('beyond 2^53-1 read as something beyond it', () => {
    const bytes = Uint8Array.of(0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10);
    expect(varintValue(bytes, 0, 8)).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
  });
});
