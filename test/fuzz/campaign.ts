import { Corpus } from './corpus.js';
import type { Coverage } from './coverage.js';
import type { CurrentInput } from './current-input.js';
import { Mutator } from './mutator.js';
import type { Prng } from './prng.js';
import type { FuzzTarget } from './targets/fuzz-target.js';
import type { Summary } from './worker-messages.js';

/** Looking at the clock costs as much as a small execution. */
const EXECUTIONS_PER_CLOCK = 64;

/** The search for inputs that break one target. */
export class Campaign {
  readonly #corpus = new Corpus();
  readonly #startedAt = performance.now();
  #executions = 0;
  #slowestMs = 0;

  constructor(
    private readonly run: (input: Uint8Array) => void,
    private readonly coverage: Coverage,
    private readonly current: CurrentInput,
  ) {}

  /** Runs the seeds, then changed inputs until the time or the number of executions is used up. */
  search(target: FuzzTarget, prng: Prng, seconds: number, executions: number): void {
    const mutator = new Mutator(prng, this.#corpus, target.tokens);
    for (const seed of target.seeds) this.execute(seed);
    while (this.#executions < executions && this.#seconds < seconds) {
      for (let left = EXECUTIONS_PER_CLOCK; left > 0; left--) this.execute(mutator.next());
    }
  }

  /** Runs one input and keeps it if it reached something new. Throws what the target throws. */
  execute(input: Uint8Array): void {
    this.coverage.reset();
    this.current.begin(input);
    const startedAt = performance.now();
    this.run(input);
    this.#slowestMs = Math.max(this.#slowestMs, performance.now() - startedAt);
    this.current.end();
    this.#executions++;
    if (this.coverage.record()) this.#corpus.add(input);
  }

  get summary(): Summary {
    return {
      kind: 'summary',
      executions: this.#executions,
      seconds: this.#seconds,
      corpus: this.#corpus.size,
      edges: this.coverage.covered,
      slowestMs: this.#slowestMs,
    };
  }

  get #seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }
}
