/** What a worker is told. */
export interface WorkerTask {
  readonly target: string;
  readonly directory: string;
  readonly memory: SharedArrayBuffer;
  readonly seed: number;
  readonly seconds: number;
  readonly executions: number;
  readonly input: string | undefined;
}

/** How a target did. */
export interface Summary {
  readonly kind: 'summary';
  readonly executions: number;
  readonly seconds: number;
  readonly corpus: number;
  readonly edges: number;
  /** The slowest input, which is run again to be sure: the least time that it took. */
  readonly slowestMs: number;
}

/** What went wrong, and on which input. */
export interface Finding {
  readonly kind: 'finding';
  readonly error: string;
  readonly hex: string;
}

/** The form in which inputs are shown, and given with `--input`. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
