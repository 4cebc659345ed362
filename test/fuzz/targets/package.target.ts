import type { PackageRefusal, PackageSink, PackageType } from 'nestjs-pomelo-protocol';
import type { Protocol } from '../library.js';
import { Prng } from '../prng.js';
import { invariant, type FuzzTarget } from './fuzz-target.js';
import { hexSeeds } from './seeds.js';

const MAX_BODY_BYTES = 300;

class Sink implements PackageSink {
  readonly packages: { type: PackageType; body: Uint8Array }[] = [];

  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean {
    invariant(start >= 4, 'a head lies before every body');
    invariant(start <= end && end <= bytes.length, 'a body lies inside its bytes');
    invariant(end - start <= MAX_BODY_BYTES, 'no body is over the limit');
    this.packages.push({ type, body: bytes.slice(start, end) });
    return true;
  }
}

/** What a decoder made of a stream. */
interface Outcome {
  readonly verdict: PackageRefusal | undefined;
  readonly packages: Sink['packages'];
  readonly buffered: number;
}

function decode({ PackageDecoder }: Protocol, chunks: readonly Uint8Array[]): Outcome {
  const decoder = new PackageDecoder(MAX_BODY_BYTES);
  const sink = new Sink();
  let verdict: PackageRefusal | undefined;
  for (const chunk of chunks) verdict = decoder.push(chunk, sink);
  return { verdict, packages: sink.packages, buffered: decoder.bufferedBytes };
}

/** The places depend on the bytes alone, so that a finding can be repeated. */
function cut(input: Uint8Array): Uint8Array[] {
  const prng = new Prng(input.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), input.length));
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < input.length;) {
    const end = start + 1 + prng.below(prng.below(4) === 0 ? 200 : 5);
    chunks.push(input.slice(start, end));
    start = end;
  }
  return chunks;
}

function encode({ encodePackage }: Protocol, packages: Sink['packages']): Buffer {
  return Buffer.concat(packages.map(({ type, body }) => encodePackage(type, body)));
}

function check(protocol: Protocol, input: Uint8Array): void {
  const whole = decode(protocol, [input]);
  const split = decode(protocol, cut(input));
  const again = encode(protocol, whole.packages);
  invariant(split.verdict === whole.verdict, 'the verdict does not depend on how a stream is split');
  invariant(encode(protocol, split.packages).equals(again), 'nor do the packages');
  invariant(split.buffered === whole.buffered, 'nor does what waits for more');
  invariant(again.equals(input.subarray(0, again.length)), 'packages are what was received');
  invariant(whole.buffered <= input.length - again.length, 'no more waits than was received');
  checkBatch(protocol, input, whole);
}

function checkBatch({ decodePackages }: Protocol, input: Uint8Array, stream: Outcome): void {
  const sink = new Sink();
  const verdict = decodePackages(input, MAX_BODY_BYTES, sink);
  invariant(sink.packages.length === stream.packages.length, 'a message holds the packages of a stream');
  const isWhole = input.length > 0 && stream.buffered === 0;
  const agrees =
    verdict === stream.verdict || (verdict === 'truncated' && (stream.verdict === 'oversize' || !isWhole));
  invariant(agrees, 'a message is refused where a stream is, or would wait');
}

/** Streams of packages, whole and split, and WebSocket messages. */
export const packageTarget: FuzzTarget = {
  name: 'package',
  seeds: hexSeeds(
    'package_encode',
    'package_decode',
    'packet_decode',
    'stream_read',
    'live.handshake',
    'live.kick',
  ),
  tokens: ['03000000', '02000000', '0400000161', '04ffffff', '0400012c', '0400012d'].map((hex) =>
    Buffer.from(hex, 'hex'),
  ),
  prepare:
    ({ protocol }) =>
    (input) =>
      check(protocol, input),
};
