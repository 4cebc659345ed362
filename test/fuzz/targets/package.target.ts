import type { PackageRefusal, PackageSink, PackageType } from 'nestjs-pomelo-protocol';
import type { Protocol } from '../library.js';
import { Prng } from '../prng.js';
import { invariant, type FuzzTarget } from './fuzz-target.js';
import { hexSeeds } from './seeds.js';

const MAX_BYTES = 256;
/** Fits into the last byte of a length. */
const MAX_BODY_BYTES = 128;

/** Writes the packages that it is given as they must have been on the wire. */
class Sink implements PackageSink {
  readonly wire = new Uint8Array(MAX_BYTES);
  /** Bytes of whole packages. */
  length = 0;
  /** The type of the first one. */
  type: PackageType | undefined;

  /** Forgets them. */
  clear(): this {
    this.length = 0;
    this.type = undefined;
    return this;
  }

  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean {
    const body = end - start;
    invariant(start >= 4, 'a head lies before every body');
    invariant(start <= end && end <= bytes.length, 'a body lies inside its bytes');
    invariant(body <= MAX_BODY_BYTES, 'no body is over the limit');
    invariant(this.length + 4 + body <= MAX_BYTES, 'no more comes out than went in');
    this.type ??= type;
    this.wire[this.length] = type;
    this.wire.fill(0, this.length + 1, this.length + 3);
    this.wire[this.length + 3] = body;
    for (let index = 0; index < body; index++) this.wire[this.length + 4 + index] = bytes[start + index] ?? 0;
    this.length += 4 + body;
    return true;
  }
}

/** Used again for every input, because making them would cost more than decoding. */
const sinks = { whole: new Sink(), split: new Sink(), batch: new Sink() };

/** What a decoder made of a stream. */
interface Outcome {
  readonly verdict: PackageRefusal | undefined;
  readonly buffered: number;
}

function decode({ PackageDecoder }: Protocol, chunks: readonly Uint8Array[], sink: Sink): Outcome {
  const decoder = new PackageDecoder(MAX_BODY_BYTES);
  let verdict: PackageRefusal | undefined;
  for (const chunk of chunks) verdict = decoder.push(chunk, sink);
  return { verdict, buffered: decoder.bufferedBytes };
}

/** Pieces in memory of their own. The places depend on the bytes alone, so that a finding can be repeated. */
function cut(input: Uint8Array): Uint8Array[] {
  const prng = new Prng(hashOf(input));
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < input.length;) {
    const end = start + 1 + prng.below(prng.below(2) === 0 ? 200 : 5);
    chunks.push(input.slice(start, end));
    start = end;
  }
  return chunks;
}

function hashOf(input: Uint8Array): number {
  let hash = input.length;
  for (let index = 0; index < input.length; index++) hash = Math.imul(hash ^ (input[index] ?? 0), 0x01000193);
  return hash;
}

/** Whether the first bytes are those of the packages. */
function beginsLike(bytes: Uint8Array, { wire, length }: Sink): boolean {
  for (let index = 0; index < length; index++) if (wire[index] !== bytes[index]) return false;
  return true;
}

function areSame(one: Sink, other: Sink): boolean {
  return one.length === other.length && beginsLike(one.wire, other);
}

function check(protocol: Protocol, input: Uint8Array): void {
  const whole = decode(protocol, [input], sinks.whole.clear());
  const split = decode(protocol, cut(input), sinks.split.clear());
  invariant(split.verdict === whole.verdict, 'the verdict does not depend on how a stream is split');
  invariant(areSame(sinks.split, sinks.whole), 'nor do the packages');
  invariant(split.buffered === whole.buffered, 'nor does what waits for more');
  const { length } = sinks.whole;
  invariant(beginsLike(input, sinks.whole), 'packages are what was received');
  invariant(whole.buffered <= input.length - length, 'no more waits than was received');
  checkEncoder(protocol, input, sinks.whole.type);
  checkBatch(protocol, input, whole);
}

/** Writes the first package again. */
function checkEncoder({ encodePackage }: Protocol, input: Uint8Array, type?: PackageType): void {
  if (type === undefined) return;
  const body = input[3] ?? 0;
  const bytes = encodePackage(type, input.subarray(4, 4 + body));
  const isSame = bytes.every((byte, index) => byte === input[index]);
  invariant(isSame && bytes.length === 4 + body, 'a package is written as it was received');
}

function checkBatch({ decodePackages }: Protocol, input: Uint8Array, stream: Outcome): void {
  const verdict = decodePackages(input, MAX_BODY_BYTES, sinks.batch.clear());
  invariant(areSame(sinks.batch, sinks.whole), 'a message holds the packages of a stream');
  const isWhole = input.length > 0 && stream.buffered === 0;
  const agrees =
    verdict === stream.verdict || (verdict === 'truncated' && (stream.verdict === 'oversize' || !isWhole));
  invariant(agrees, 'a message is refused where a stream is, or would wait');
}

/** Streams of packages, whole and split, and WebSocket messages. */
export const packageTarget: FuzzTarget = {
  name: 'package',
  maxBytes: MAX_BYTES,
  seeds: hexSeeds(
    'package_encode',
    'package_decode',
    'packet_decode',
    'stream_read',
    'live.handshake',
    'live.kick',
  ),
  tokens: ['03000000', '02000000', '0400000161', '04ffffff', '04000080', '04000081'].map((hex) =>
    Buffer.from(hex, 'hex'),
  ),
  prepare:
    ({ protocol }) =>
    (input) =>
      check(protocol, input),
};
