/** The global under which instrumented modules keep their counters. */
export const COVERAGE_VARIABLE = '__fuzzCoverage__';

/** The counters of one module, as istanbul lays them out: statements, functions, and the ways out of every branch. */
interface ModuleCounters {
  s: ArrayLike<number> | Record<string, number>;
  f: ArrayLike<number> | Record<string, number>;
  readonly b: Record<string, ArrayLike<number>>;
}

const WORD_BYTES = 4;

/**
 * What instrumented modules executed. All their counters are moved into one array of bytes, which stop at 255: it is
 * looked through and cleared four at a time, because that is done after every execution.
 */
export class Coverage {
  readonly #counters: Uint8ClampedArray;
  readonly #words: Uint32Array;
  /** For every counter, the classes of counts that were ever seen, one bit each. */
  readonly #seen: Uint8Array;

  constructor() {
    const modules = Object.values(countersOfModules());
    const count = modules.reduce((sum, module) => sum + countIn(module), 0);
    this.#words = new Uint32Array(Math.ceil(count / WORD_BYTES));
    this.#counters = new Uint8ClampedArray(this.#words.buffer);
    this.#seen = new Uint8Array(this.#counters.length);
    modules.reduce((offset, module) => this.#adopt(module, offset), 0);
  }

  /** Forgets what was executed since the last call. */
  reset(): void {
    this.#words.fill(0);
  }

  /**
   * Remembers what was executed since the last call; true when it reached a counter, or a number of times, as nothing
   * before it did.
   */
  record(): boolean {
    const words = this.#words;
    let isNovel = false;
    for (let word = 0; word < words.length; word++) {
      if (words[word] === 0) continue;
      if (this.#see(word * WORD_BYTES)) isNovel = true;
      words[word] = 0;
    }
    return isNovel;
  }

  /** How many counters were ever reached. */
  get covered(): number {
    return this.#seen.reduce((sum, classes) => sum + (classes === 0 ? 0 : 1), 0);
  }

  /** Takes in the counters of one word. */
  #see(start: number): boolean {
    let isNovel = false;
    for (let index = start; index < start + WORD_BYTES; index++) {
      const seen = this.#seen[index] ?? 0;
      const both = seen | (CLASSES[this.#counters[index] ?? 0] ?? 0);
      if (both === seen) continue;
      this.#seen[index] = both;
      isNovel = true;
    }
    return isNovel;
  }

  #adopt(module: ModuleCounters, offset: number): number {
    let next = offset;
    const take = (count: number): Uint8ClampedArray => this.#counters.subarray(next, (next += count));
    module.s = take(Object.keys(module.s).length);
    module.f = take(Object.keys(module.f).length);
    for (const [branch, ways] of Object.entries(module.b)) module.b[branch] = take(ways.length);
    return next;
  }
}

/** The boundary to the global that istanbul made. */
function countersOfModules(): Record<string, ModuleCounters> {
  return (globalThis as { [COVERAGE_VARIABLE]?: Record<string, ModuleCounters> })[COVERAGE_VARIABLE] ?? {};
}

function countIn({ s, f, b }: ModuleCounters): number {
  const ways = Object.values(b).reduce((sum, { length }) => sum + length, 0);
  return Object.keys(s).length + Object.keys(f).length + ways;
}

/** Loops matter by their order of magnitude only: 0, 1, 2, 3, 4, 8, 16, 32, 128 and more. */
const CLASSES = Uint8Array.from({ length: 256 }, (_, count) => classOf(count));

function classOf(count: number): number {
  if (count === 0) return 0;
  if (count <= 3) return 1 << (count - 1);
  if (count < 8) return 8;
  if (count < 16) return 16;
  if (count < 32) return 32;
  return count < 128 ? 64 : 128;
}
