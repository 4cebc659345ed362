import type { Prng } from './prng.js';

const RECENT = 8;

/** Inputs worth changing: the seeds, and every input that reached something new. */
export class Corpus {
  readonly #inputs: Uint8Array[] = [];

  get size(): number {
    return this.#inputs.length;
  }

  add(input: Uint8Array): void {
    this.#inputs.push(input);
  }

  /** One of the inputs; every second time one of the newest, because what they reached is the least explored. */
  pick(prng: Prng): Uint8Array {
    const candidates = prng.below(2) === 0 ? Math.min(RECENT, this.size) : this.size;
    return this.#inputs[this.size - 1 - prng.below(candidates)] ?? new Uint8Array(0);
  }
}
