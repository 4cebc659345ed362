/** The global under which instrumented modules keep their counters. */
export const COVERAGE_VARIABLE = '__fuzzCoverage__';

/** The counters of one module, as istanbul lays them out: statements, functions, and the ways out of every branch. */
interface ModuleCounters {
  s: ArrayLike<number> | Record<string, number>;
  f: ArrayLike<number> | Record<string, number>;
  readonly b: Record<string, ArrayLike<number>>;
}

/**
 * What instrumented modules executed. All their counters are moved into one array, so that clearing and looking
 * through them costs little beside running the code.
 */
export class Coverage {
  readonly #counters: Uint32Array;
  /** For every counter, the classes of counts that were ever seen, one bit each. */
  readonly #seen: Uint8Array;

  constructor() {
    const modules = Object.values(countersOfModules());
    this.#counters = new Uint32Array(modules.reduce((sum, module) => sum + countIn(module), 0));
    this.#seen = new Uint8Array(this.#counters.length);
    modules.reduce((offset, module) => this.#adopt(module, offset), 0);
  }

  /** Forgets the last execution. */
  reset(): void {
    this.#counters.fill(0);
  }

  /** Remembers the last execution; true when it reached a counter, or a number of times, as none before it did. */
  record(): boolean {
    let isNovel = false;
    for (let index = 0; index < this.#counters.length; index++) {
      const count = this.#counters[index] ?? 0;
      if (count === 0) continue;
      const seen = this.#seen[index] ?? 0;
      const both = seen | classOf(count);
      if (both === seen) continue;
      this.#seen[index] = both;
      isNovel = true;
    }
    return isNovel;
  }

  /** How many counters were ever reached. */
  get covered(): number {
    return this.#seen.reduce((sum, classes) => sum + (classes === 0 ? 0 : 1), 0);
  }

  #adopt(module: ModuleCounters, offset: number): number {
    let next = offset;
    const take = (count: number): Uint32Array => this.#counters.subarray(next, (next += count));
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

/** Loops matter by their order of magnitude only: 1, 2, 3, 4, 8, 16, 32, 128 and more. */
function classOf(count: number): number {
  if (count <= 3) return 1 << (count - 1);
  if (count < 8) return 8;
  if (count < 16) return 16;
  if (count < 32) return 32;
  return count < 128 ? 64 : 128;
}
