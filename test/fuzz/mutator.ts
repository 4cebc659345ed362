import type { Corpus } from './corpus.js';
import { EditBuffer } from './edit-buffer.js';
import type { Prng } from './prng.js';

const INTERESTING = [
  0, 1, 2, 3, 4, 5, 0x10, 0x20, 0x7f, 0x80, 0x81, 0xc0, 0xed, 0xef, 0xf4, 0xfe, 0xff,
] as const;
const LONGEST_BLOCK = 32;
const LONGEST_RANDOM_BLOCK = 8;
const MOST_CHANGES = 5;

/** Makes new inputs out of old ones. */
export class Mutator {
  readonly #changes: readonly [() => void, ...(() => void)[]] = [
    () => this.#flipBit(),
    () => this.#buffer.set(this.#place(), this.#prng.below(256)),
    () => this.#buffer.set(this.#place(), this.#prng.pick(INTERESTING)),
    () => this.#addToByte(),
    () => this.#buffer.insert(this.#gap(), this.#randomBlock()),
    () => this.#buffer.repeat(this.#gap(), this.#place(), this.#blockLength()),
    () => this.#buffer.insert(this.#gap(), this.#token()),
    () => this.#buffer.overwrite(this.#place(), this.#token()),
    () => this.#overwriteFromAnother(),
    () => this.#buffer.delete(this.#place(), this.#blockLength()),
    () => this.#splice(),
    () => this.#lieAboutLength(),
  ];

  readonly #prng: Prng;
  readonly #corpus: Corpus;
  readonly #tokens: readonly Uint8Array[];
  readonly #buffer: EditBuffer;

  /**
   * @param tokens what the format under test is made of.
   * @param maxBytes the longest input that is made.
   */
  constructor(prng: Prng, corpus: Corpus, tokens: readonly Uint8Array[], maxBytes: number) {
    this.#prng = prng;
    this.#corpus = corpus;
    this.#tokens = tokens;
    this.#buffer = new EditBuffer(maxBytes);
  }

  /** One to five changes to an input of the corpus, in memory that the next call uses again. */
  next(): Uint8Array {
    this.#buffer.load(this.#corpus.pick(this.#prng));
    for (let left = 1 + this.#prng.below(MOST_CHANGES); left > 0; left--) this.#prng.pick(this.#changes)();
    return this.#buffer.bytes;
  }

  #flipBit(): void {
    const at = this.#place();
    this.#buffer.set(at, this.#buffer.at(at) ^ (1 << this.#prng.below(8)));
  }

  #addToByte(): void {
    const at = this.#place();
    this.#buffer.set(at, this.#buffer.at(at) + this.#prng.below(17) - 8);
  }

  #overwriteFromAnother(): void {
    const other = this.#corpus.pick(this.#prng);
    const start = this.#prng.below(other.length);
    this.#buffer.overwrite(this.#place(), other, start, Math.min(other.length, start + this.#blockLength()));
  }

  /** The beginning of one input and the end of another. */
  #splice(): void {
    const other = this.#corpus.pick(this.#prng);
    this.#buffer.replaceRest(this.#gap(), other, this.#prng.below(other.length + 1));
  }

  /** Writes a length of one to four bytes, high byte first, that is right, nearly right or absurd. */
  #lieAboutLength(): void {
    const width = 1 + this.#prng.below(4);
    const at = this.#place();
    const rest = Math.max(0, this.#buffer.length - at - width);
    const length = this.#prng.pick([rest, rest + 1, rest - 1, 0, 0x7fffffff, 0xffffffff, this.#prng.next()]);
    for (let index = 0; index < width; index++)
      this.#buffer.set(at + index, length >>> (8 * (width - 1 - index)));
  }

  /** The index of a byte. */
  #place(): number {
    return this.#prng.below(this.#buffer.length);
  }

  /** The index of a byte, or the end. */
  #gap(): number {
    return this.#prng.below(this.#buffer.length + 1);
  }

  #blockLength(): number {
    return 1 + this.#prng.below(LONGEST_BLOCK);
  }

  #randomBlock(): Uint8Array {
    const block = new Uint8Array(1 + this.#prng.below(LONGEST_RANDOM_BLOCK));
    for (let index = 0; index < block.length; index++) block[index] = this.#prng.below(256);
    return block;
  }

  #token(): Uint8Array {
    return this.#tokens[this.#prng.below(this.#tokens.length)] ?? this.#randomBlock();
  }
}
