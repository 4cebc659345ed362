import type { Bound } from '../measure/bound.js';
import type { Figures } from '../measure/figures.js';
import { ratios } from '../measure/spread.js';
import type { RowKey } from '../sections/rows.js';

/** What a figure of ours is to be, beside another one of the same round. */
export interface Goal {
  readonly what: string;
  readonly section: string;
  readonly column: string;
  readonly ours: RowKey;
  /** `undefined`: the figure itself is bounded. */
  readonly theirs?: RowKey;
  /** Bound of theirs / ours: so many times as fast. */
  readonly atLeast?: number;
  /** Bound of ours / theirs, or of the figure itself. */
  readonly atMost?: number;
}

const same = (figure: number): number => figure;

/** The goal with the figures of a run; `undefined` when they were not measured. */
export function boundOf(goal: Goal, figures: Figures): Bound | undefined {
  const { what, section, column, ours, theirs, atLeast, atMost } = goal;
  const own = figures.of(section, column, ours);
  const others = theirs === undefined ? own.map(() => 1) : figures.of(section, column, theirs);
  if (own.length === 0 || others.length === 0) return undefined;
  return atLeast === undefined
    ? { what, values: ratios(own, others, same), ...(atMost === undefined ? {} : { atMost }) }
    : { what, values: ratios(others, own, same), atLeast };
}
