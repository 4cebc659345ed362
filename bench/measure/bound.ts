import { spreadOf } from './spread.js';

/** What a figure must not exceed, or reach. */
export interface Bound {
  readonly what: string;
  /** One value a round. */
  readonly values: readonly number[];
  /** Exactly one of both is given. */
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** The median is within the bound; what is no number is not. */
export function holds({ values, atMost = Infinity, atLeast = -Infinity }: Bound): boolean {
  const { median } = spreadOf(values);
  return median <= atMost && median >= atLeast;
}

/** One line: median and range, the bound, and whether it holds. */
export function describeBound(bound: Bound): string {
  const { what, values, atMost, atLeast } = bound;
  const { median, min, max } = spreadOf(values);
  const range = `${number(median)} [${number(min)}..${number(max)}]`;
  const limit = atMost === undefined ? `at least ${atLeast ?? ''}` : `at most ${atMost}`;
  return `${what.padEnd(66)} ${range.padEnd(24)} ${limit.padEnd(14)} ${holds(bound) ? 'holds' : 'MISSED'}`;
}

function number(value: number): string {
  return value === 0 ? '0' : String(Number(value.toPrecision(3)));
}
