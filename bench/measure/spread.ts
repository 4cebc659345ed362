import { percentile } from '../figures/percentile.js';

/** What the rounds gave. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Median and range of the rounds; NaN when there are none. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: percentile(values, 0.5), min: Math.min(...values), max: Math.max(...values) };
}

/** The quotients of two figures, each of the same round. */
export function ratios<T>(
  ours: readonly T[],
  theirs: readonly T[],
  figureOf: (sample: T) => number,
): number[] {
  return ours.map((sample, round) => {
    const other = theirs[round];
    return other === undefined ? Number.NaN : figureOf(sample) / figureOf(other);
  });
}
