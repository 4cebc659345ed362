const HEADER_BYTES = 8;
/** The longest input of any target. */
const MAX_INPUT_BYTES = 2048;

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

  /** Called by the worker before an execution. Throws for an input that is too long to be shown. */
  begin(input: Uint8Array): void {
    this.#bytes.set(input);
    Atomics.store(this.#words, 1, input.length);
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

  /** The input being executed; undefined when none is. */
  get bytes(): Uint8Array | undefined {
    const length = Atomics.load(this.#words, 1);
    return length < 0 ? undefined : Uint8Array.from(this.#bytes.subarray(0, length));
  }
}
