import { deepEqual, equal } from 'node:assert/strict';
import * as fc from 'fast-check';
import { CollectingSink } from '../../../test/support/collecting-sink.js';
import { fromHex, toHex } from '../../../test/support/vectors.js';
import { decodePackages } from './package-batch.js';
import { PackageDecoder, type PackageSink } from './package-decoder.js';
import { encodePackage, PackageType } from './package.js';

const packages = fc.array(
  fc.record({
    type: fc.constantFrom(...Object.values(PackageType)),
    body: fc.uint8Array({ maxLength: 300 }),
  }),
  { minLength: 1, maxLength: 12 },
);

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}

describe('PackageDecoder', () => {
  it('gives the same packages however the stream is cut', () => {
    fc.assert(
      fc.property(packages, fc.array(fc.nat(), { maxLength: 40 }), (sent, places) => {
        const bytes = Buffer.concat(sent.map(({ type, body }) => encodePackage(type, body)));
        const decoder = new PackageDecoder(300);
        const sink = new CollectingSink();
        for (const chunk of cut(bytes, places)) equal(decoder.push(chunk, sink), undefined);
        deepEqual(
          sink.packages,
          sent.map(({ type, body }) => ({ type, body: toHex(body) })),
        );
        equal(decoder.bufferedBytes, 0);
      }),
    );
  });

  it('reaches the same verdict on garbage however it is cut, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.array(fc.nat(), { maxLength: 9 }), (bytes, places) => {
        const whole = { decoder: new PackageDecoder(20), sink: new CollectingSink() };
        const split = { decoder: new PackageDecoder(20), sink: new CollectingSink() };
        const verdict = whole.decoder.push(bytes, whole.sink);
        const verdicts = cut(bytes, places).map((chunk) => split.decoder.push(chunk, split.sink));
        equal(verdicts.at(-1), verdict);
        deepEqual(split.sink.packages, whole.sink.packages);
        equal(split.decoder.bufferedBytes, whole.decoder.bufferedBytes);
      }),
    );
  });

  it('hands a package out where it lies when one chunk holds all of it', () => {
    const chunk = fromHex('0400000161040000026262');
    const sink = new CollectingSink();
    new PackageDecoder(64).push(chunk, sink);
    expect(sink.packages).toHaveLength(2);
    expect(sink.buffers.every((buffer) => buffer === chunk.buffer)).toBe(true);
  });

  it('never writes again to the bytes of a package that it handed out', () => {
    const bodies: Uint8Array[] = [];
    const sink: PackageSink = {
      onPackage: (_type, bytes, start, end) => bodies.push(bytes.subarray(start, end)) > 0,
    };
    const decoder = new PackageDecoder(64);
    for (const byte of fromHex('04000002616104000002626203000000')) decoder.push(Uint8Array.of(byte), sink);
    expect(bodies.map((body) => toHex(body))).toEqual(['6161', '6262', '']);
  });

  it('takes no memory for a body that was announced and not sent', () => {
    const drip = fromHex('04ffffff61');
    const decoders = Array.from({ length: 64 }, () => new PackageDecoder(0xffffff));
    const before = process.memoryUsage().arrayBuffers;
    for (const decoder of decoders) decoder.push(drip, new CollectingSink());
    expect(decoders.map(({ bufferedBytes }) => bufferedBytes)).toEqual(decoders.map(() => 5));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(0xffffff);
  });

  it('collects a body that drips in without copying it for every byte', () => {
    const decoder = new PackageDecoder(0xffffff);
    const sink = new CollectingSink();
    decoder.push(fromHex('04008000'), sink);
    for (let sent = 0; sent < 0x8000; sent += 16) decoder.push(new Uint8Array(16).fill(sent >> 4), sink);
    expect(sink.packages[0]?.body).toHaveLength(0x8000 * 2);
    expect(sink.buffers[0]?.byteLength).toBeLessThanOrEqual(0x8000 + 4);
  });
});

describe('PackageDecoder refuses', () => {
  it.each([
    ['a type that does not exist, on its first byte', ['06'], 'bad_type'],
    ['a type that does not exist, behind half a package', ['0400', '000161', '00'], 'bad_type'],
    ['a length over the limit, on the fourth byte', ['04000011'], 'oversize'],
    ['a length over the limit in a head that was split', ['04', '00', '00', '11'], 'oversize'],
  ])('%s', (_name, chunks, refusal) => {
    const decoder = new PackageDecoder(16);
    const sink = new CollectingSink();
    const verdicts = chunks.map((chunk) => decoder.push(fromHex(chunk), sink));
    expect(verdicts.pop()).toBe(refusal);
    expect(verdicts).toEqual(verdicts.map(() => undefined));
    expect(decoder.bufferedBytes).toBe(0);
  });

  it('everything after a refusal, with the same verdict', () => {
    const decoder = new PackageDecoder(16);
    const sink = new CollectingSink();
    decoder.push(fromHex('ff'), sink);
    expect(decoder.push(fromHex('03000000'), sink)).toBe('bad_type');
    expect(sink.packages).toEqual([]);
  });

  it('any length when the limit is not a number', () => {
    expect(new PackageDecoder(Number.NaN).push(fromHex('0400000161'), new CollectingSink())).toBe('oversize');
  });
});

describe('PackageDecoder and its owner', () => {
  it('applies a limit that the owner raises while it takes a package', () => {
    const decoder = new PackageDecoder(1);
    const sizes: number[] = [];
    const sink: PackageSink = {
      onPackage: (_type, _bytes, start, end) => {
        decoder.maxBodyBytes = 3;
        return sizes.push(end - start) > 0;
      },
    };
    expect(decoder.push(fromHex('010000016104000003616161'), sink)).toBeUndefined();
    expect(sizes).toEqual([1, 3]);
  });

  it.each([
    ['in one chunk', ['03000000030000000300']],
    ['in several', ['0300', '0000', '03000000', 'ff']],
  ])('drops everything after the owner stopped it, without a refusal: %s', (_name, chunks) => {
    const decoder = new PackageDecoder(16);
    const sink = new CollectingSink(1);
    for (const chunk of chunks) expect(decoder.push(fromHex(chunk), sink)).toBeUndefined();
    expect(sink.packages).toEqual([{ type: 3, body: '' }]);
    expect(decoder.bufferedBytes).toBe(0);
  });
});

describe('decodePackages', () => {
  it('reads what a stream decoder reads, and calls what that would wait for truncated', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), packages.map(concat)), (bytes) => {
        const decoder = new PackageDecoder(0xffffff);
        const [streamed, whole] = [new CollectingSink(), new CollectingSink()];
        const verdict = decoder.push(bytes, streamed);
        const waits = decoder.bufferedBytes > 0 || bytes.length === 0;
        equal(decodePackages(bytes, 0xffffff, whole), waits ? 'truncated' : verdict);
        deepEqual(whole.packages, streamed.packages);
      }),
    );
  });

  it('calls a body over the limit oversize only when it is all there', () => {
    const sink = new CollectingSink();
    expect(decodePackages(fromHex('040000026161'), 1, sink)).toBe('oversize');
    expect(decodePackages(fromHex('0400000261'), 1, sink)).toBe('truncated');
  });

  it('stops when its owner says so', () => {
    const sink = new CollectingSink(1);
    expect(decodePackages(fromHex('0300000003000000ff'), 1, sink)).toBeUndefined();
    expect(sink.packages).toHaveLength(1);
  });
});

function concat(sent: readonly { readonly type: PackageType; readonly body: Uint8Array }[]): Uint8Array {
  return Buffer.concat(sent.map(({ type, body }) => encodePackage(type, body)));
}
