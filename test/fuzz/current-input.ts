import { MAX_INPUT_BYTES } from './mutator.js';

const HEADER_BYTES = 8;

/**
 * The input that a worker is at, in memory that the watchdog shares: a worker that hangs cannot be asked. Word 0 counts
 * executions, word 1 is the length of the input, or -1 between two of them.
 */
export class CurrentInput {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(HEADER_BYTES + MAX_INPUT_BYTES)) {
    this.#words = new Int32Array(memory, 0, 2);
    this.#bytes = new Uint8Array(memory, HEADER_BYTES);
  }

  /** Called by the worker before an execution. */
  begin(input: Uint8Array): void {
    const length = Math.min(input.length, MAX_INPUT_BYTES);
    this.#bytes.set(input.subarray(0, length));
    Atomics.store(this.#words, 1, length);
    Atomics.add(this.#words, 0, 1);
  }

  /** Called by the worker after an execution. */
  end(): void {
    Atomics.store(this.#words, 1, -1);
  }

  /** Executions that began, modulo 2^32. */
  get started(): number {
    return Atomics.load(this.#words, 0);
  }

  /** The input being executed, as hex; undefined when none is. */
  get hex(): string | undefined {
    const length = Atomics.load(this.#words, 1);
    return length < 0 ? undefined : Buffer.from(this.#bytes.slice(0, length)).toString('hex');
  }
}
