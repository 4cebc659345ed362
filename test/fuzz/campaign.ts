import { Corpus } from './corpus.js';
import type { Coverage } from './coverage.js';
import type { CurrentInput } from './current-input.js';
import { Mutator } from './mutator.js';
import type { Prng } from './prng.js';
import type { FuzzTarget } from './targets/fuzz-target.js';
import type { Summary } from './worker-messages.js';

/** An input that takes longer every time is a finding. */
const SLOW_MS = 5;
/** How often a slow input is run again: the machine may have been busy with something else. */
const REPEATS = 3;

/** The search for inputs that break one target. */
export class Campaign {
  readonly #corpus = new Corpus();
  readonly #startedAt = performance.now();
  #endedAt = this.#startedAt;
  #executions = 0;
  #slowestMs = 0;

  constructor(
    private readonly run: (input: Uint8Array) => void,
    private readonly coverage: Coverage,
    private readonly current: CurrentInput,
  ) {}

  /** Runs the seeds, then changed inputs until the time or the number of executions is used up. */
  search(target: FuzzTarget, prng: Prng, seconds: number, executions: number): void {
    const mutator = new Mutator(prng, this.#corpus, target.tokens, target.maxBytes);
    for (const seed of target.seeds) this.execute(seed.subarray(0, target.maxBytes));
    const deadline = this.#startedAt + seconds * 1000;
    while (this.#executions < executions && this.#endedAt < deadline) this.execute(mutator.next());
  }

  /** Runs one input and keeps it if it reached something new. Throws what the target throws, and when it is too slow. */
  execute(input: Uint8Array): void {
    this.current.begin(input);
    this.run(input);
    this.#executions++;
    if (this.coverage.record()) this.#corpus.add(new Uint8Array(input));
    // One look at the clock for every input: the time since the last one is at least that of this one.
    const now = performance.now();
    const isSlowest = now - this.#endedAt > this.#slowestMs;
    this.#endedAt = isSlowest ? this.#repeat(input) : now;
    this.current.end();
  }

  get summary(): Summary {
    return {
      kind: 'summary',
      executions: this.#executions,
      seconds: (this.#endedAt - this.#startedAt) / 1000,
      corpus: this.#corpus.size,
      edges: this.coverage.covered,
      slowestMs: this.#slowestMs,
    };
  }

  /** Finds out what an input that seemed slow takes at the least. Gives the time. */
  #repeat(input: Uint8Array): number {
    let fastest = Number.POSITIVE_INFINITY;
    let endedAt = 0;
    for (let left = REPEATS; left > 0; left--) {
      const startedAt = performance.now();
      this.run(input);
      endedAt = performance.now();
      fastest = Math.min(fastest, endedAt - startedAt);
    }
    this.coverage.reset();
    this.#slowestMs = Math.max(this.#slowestMs, fastest);
    if (fastest > SLOW_MS) throw new Error(`slow: ${fastest.toFixed(2)} ms or more, ${REPEATS} times`);
    return endedAt;
  }
}
