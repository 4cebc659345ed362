import type { Corpus } from './corpus.js';
import type { Prng } from './prng.js';

/** The longest input that is made. */
export const MAX_INPUT_BYTES = 2048;

const INTERESTING = [
  0, 1, 2, 3, 4, 5, 0x10, 0x20, 0x7f, 0x80, 0x81, 0xc0, 0xed, 0xef, 0xf4, 0xfe, 0xff,
] as const;
const LONGEST_BLOCK = 32;
const MOST_CHANGES = 5;

type Change = (bytes: Uint8Array) => Uint8Array;

/** Makes new inputs out of old ones. */
export class Mutator {
  readonly #changes: readonly [Change, ...Change[]] = [
    (bytes) => this.#flipBit(bytes),
    (bytes) => this.#setByte(bytes, this.#prng.below(256)),
    (bytes) => this.#setByte(bytes, this.#prng.pick(INTERESTING)),
    (bytes) => this.#addToByte(bytes),
    (bytes) => this.#insert(bytes, this.#randomBlock()),
    (bytes) => this.#insert(bytes, this.#blockOf(bytes)),
    (bytes) => this.#insert(bytes, this.#token()),
    (bytes) => this.#overwrite(bytes, this.#token()),
    (bytes) => this.#overwrite(bytes, this.#blockOf(this.#corpus.pick(this.#prng))),
    (bytes) => this.#delete(bytes),
    (bytes) => this.#splice(bytes),
    (bytes) => this.#lieAboutLength(bytes),
  ];

  readonly #prng: Prng;
  readonly #corpus: Corpus;
  readonly #tokens: readonly Uint8Array[];

  /** @param tokens what the format under test is made of. */
  constructor(prng: Prng, corpus: Corpus, tokens: readonly Uint8Array[]) {
    this.#prng = prng;
    this.#corpus = corpus;
    this.#tokens = tokens;
  }

  /** One to five changes to an input of the corpus, in memory of its own. */
  next(): Uint8Array {
    let bytes: Uint8Array = this.#corpus.pick(this.#prng).slice();
    for (let left = 1 + this.#prng.below(MOST_CHANGES); left > 0; left--)
      bytes = this.#prng.pick(this.#changes)(bytes);
    return bytes.length > MAX_INPUT_BYTES ? bytes.slice(0, MAX_INPUT_BYTES) : bytes;
  }

  #flipBit(bytes: Uint8Array): Uint8Array {
    const at = this.#prng.below(bytes.length);
    return this.#overwrite(bytes, Uint8Array.of((bytes[at] ?? 0) ^ (1 << this.#prng.below(8))), at);
  }

  #setByte(bytes: Uint8Array, value: number): Uint8Array {
    return this.#overwrite(bytes, Uint8Array.of(value));
  }

  #addToByte(bytes: Uint8Array): Uint8Array {
    const at = this.#prng.below(bytes.length);
    return this.#overwrite(bytes, Uint8Array.of((bytes[at] ?? 0) + this.#prng.below(17) - 8), at);
  }

  #overwrite(bytes: Uint8Array, block: Uint8Array, at = this.#prng.below(bytes.length)): Uint8Array {
    bytes.set(block.subarray(0, Math.max(0, bytes.length - at)), at);
    return bytes;
  }

  #insert(bytes: Uint8Array, block: Uint8Array): Uint8Array {
    const at = this.#prng.below(bytes.length + 1);
    return join(bytes.subarray(0, at), block, bytes.subarray(at));
  }

  #delete(bytes: Uint8Array): Uint8Array {
    const at = this.#prng.below(bytes.length);
    const count = 1 + this.#prng.below(LONGEST_BLOCK);
    return join(bytes.subarray(0, at), bytes.subarray(at + count));
  }

  /** The beginning of one input and the end of another. */
  #splice(bytes: Uint8Array): Uint8Array {
    const other = this.#corpus.pick(this.#prng);
    const head = bytes.subarray(0, this.#prng.below(bytes.length + 1));
    return join(head, other.subarray(this.#prng.below(other.length + 1)));
  }

  /** Writes a length of one to four bytes, high byte first, that is right, nearly right or absurd. */
  #lieAboutLength(bytes: Uint8Array): Uint8Array {
    const width = 1 + this.#prng.below(4);
    const at = this.#prng.below(bytes.length);
    const rest = Math.max(0, bytes.length - at - width);
    const length = this.#prng.pick([rest, rest + 1, rest - 1, 0, 0x7fffffff, 0xffffffff, this.#prng.next()]);
    const block = Uint8Array.from({ length: width }, (_, index) => length >>> (8 * (width - 1 - index)));
    return this.#overwrite(bytes, block, at);
  }

  #randomBlock(): Uint8Array {
    return Uint8Array.from({ length: 1 + this.#prng.below(8) }, () => this.#prng.below(256));
  }

  #blockOf(bytes: Uint8Array): Uint8Array {
    const at = this.#prng.below(bytes.length);
    return bytes.slice(at, at + 1 + this.#prng.below(LONGEST_BLOCK));
  }

  #token(): Uint8Array {
    return this.#tokens[this.#prng.below(this.#tokens.length)] ?? this.#randomBlock();
  }
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((offset, part) => {
    bytes.set(part, offset);
    return offset + part.length;
  }, 0);
  return bytes;
}
