import {
  encodeMessage,
  encodePackage,
  MAX_ROUTE_BYTES,
  MessageType,
  PACKAGE_HEAD_BYTES,
  PackageType,
} from 'nestjs-pomelo-protocol';
import { Corpus } from '../../fuzz/corpus.js';
import { Mutator } from '../../fuzz/mutator.js';
import type { Prng } from '../../fuzz/prng.js';
import { textBytes } from '../../fuzz/targets/fuzz-target.js';
import { BODIES, MESSAGES, PACKAGES, ROUTES, TOKENS } from './seeds.js';

const MAX_BYTES = 1024;
const MAX_NOISE_BYTES = 64;
const MAX_ID = 1000;

/** How deep what is wrong with packages lies: the deeper, the more of them a connection survives. */
export type Depth = 'body' | 'route' | 'message' | 'package';

/** Makes packages that are wrong in one way or another. */
export class PackageMaker {
  readonly #packages: Mutator;
  readonly #messages: Mutator;
  readonly #routes: Mutator;
  readonly #bodies: Mutator;

  constructor(private readonly prng: Prng) {
    const mutator = (inputs: readonly Uint8Array[], maxBytes = MAX_BYTES): Mutator =>
      new Mutator(prng, corpusOf(inputs), TOKENS, maxBytes);
    this.#packages = mutator(PACKAGES);
    this.#messages = mutator(MESSAGES);
    this.#routes = mutator(textBytes(...ROUTES), MAX_ROUTE_BYTES);
    this.#bodies = mutator(BODIES);
  }

  /** One package; every tenth is right. */
  next(depth: Depth): Uint8Array {
    if (this.prng.below(10) === 0) return this.#valid();
    if (depth === 'package') return this.#broken();
    if (depth === 'message') return encodePackage(PackageType.Data, this.#messages.next());
    return encodePackage(PackageType.Data, this.#message(depth));
  }

  /** A message that is right but for its body, or its route. */
  #message(depth: Depth): Uint8Array {
    const route = depth === 'body' ? this.prng.pick(ROUTES) : routeOf(this.#routes.next());
    const type = this.prng.below(4) === 0 ? MessageType.Notify : MessageType.Request;
    return encodeMessage({ type, id: this.prng.below(MAX_ID), route }, this.#bodies.next());
  }

  #broken(): Uint8Array {
    const kind = this.prng.below(8);
    if (kind < 5) return new Uint8Array(this.#packages.next());
    if (kind < 6) return this.#withLength(this.prng.next() >>> this.prng.below(24));
    if (kind < 7) return this.#valid().subarray(0, this.prng.below(PACKAGE_HEAD_BYTES + 4));
    return Uint8Array.from({ length: this.prng.below(MAX_NOISE_BYTES) }, () => this.prng.below(256));
  }

  #valid(): Uint8Array {
    return PACKAGES[this.prng.below(PACKAGES.length)] ?? PACKAGES[0] ?? new Uint8Array(0);
  }

  #withLength(length: number): Uint8Array {
    // Not slice(): of a Buffer that is the same memory.
    const bytes = new Uint8Array(this.#valid());
    for (let index = 1; index < PACKAGE_HEAD_BYTES; index++) bytes[index] = length >>> (8 * (3 - index));
    return bytes;
  }
}

/** Bytes as a text that is no longer as UTF-8 than they are: half of them are dropped, since each may become two. */
function routeOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  return Buffer.byteLength(text) > MAX_ROUTE_BYTES ? text.slice(0, MAX_ROUTE_BYTES >> 1) : text;
}

function corpusOf(inputs: readonly Uint8Array[]): Corpus {
  const corpus = new Corpus();
  for (const input of inputs) corpus.add(input);
  return corpus;
}
