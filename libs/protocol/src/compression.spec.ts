import { deflateSync, unzipSync } from 'node:zlib';
import { fromHex, readVectors, toHex } from '../../../test/support/vectors.js';
import { isCompressed, type BodyCompression } from './compression.js';

interface InflateVector {
  readonly test: string;
  readonly plain?: string;
  readonly zlib: string;
  readonly expect?: { readonly error: string };
}

interface RuleVector {
  readonly in: string;
  readonly expect: boolean;
}

const vectors = readVectors('pitaya') as { compression: InflateVector[]; is_compressed: RuleVector[] };

/** How Node fills the hook. */
const compression: BodyCompression = {
  inflate(bytes, maxBytes) {
    try {
      return unzipSync(bytes, { maxOutputLength: maxBytes });
    } catch {
      return undefined;
    }
  },
  deflate: (bytes) => deflateSync(bytes),
};

describe('isCompressed', () => {
  it('is tested with every recorded beginning', () => {
    expect(vectors.is_compressed).toHaveLength(8);
  });

  it.each(vectors.is_compressed)('is $expect for $in', ({ in: hex, expect: expected }) => {
    expect(isCompressed(fromHex(hex))).toBe(expected);
  });

  it('is false for what is too short to tell', () => {
    expect(['', '78', '1f8b'].map((hex) => isCompressed(fromHex(hex)))).toEqual([false, false, false]);
  });
});

describe('BodyCompression', () => {
  it('is tested with every recorded body', () => {
    expect(vectors.compression).toHaveLength(4);
  });

  it.each(vectors.compression)('can be filled by zlib: $test', ({ plain, zlib }) => {
    const inflated = compression.inflate(fromHex(zlib), 1_000);
    expect(inflated && toHex(inflated)).toBe(plain);
    expect(isCompressed(fromHex(zlib))).toBe(plain !== undefined);
  });

  it('can be filled so that a bomb is refused', () => {
    const bomb = compression.deflate(new Uint8Array(1_000_000));
    expect(isCompressed(bomb)).toBe(true);
    expect(compression.inflate(bomb, 999_999)).toBeUndefined();
    expect(compression.inflate(bomb, 1_000_000)).toHaveLength(1_000_000);
  });
});
