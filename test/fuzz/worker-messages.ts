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
  readonly slowestMs: number;
}

/** What went wrong, and on which input. */
export interface Finding {
  readonly kind: 'finding';
  readonly error: string;
  readonly hex: string;
}
