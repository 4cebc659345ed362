import type { Bench } from './bench.js';
import type { RowKey } from './rows.js';

/** One column of a table. */
export interface Column {
  /** Unique in its section. */
  readonly name: string;
  readonly rows: readonly RowKey[];
  /** The figure of one row, once. */
  measure(row: RowKey, bench: Bench): Promise<number>;
}

/** Things that are compared with each other: one table. */
export interface BenchSection {
  readonly name: string;
  /** Above the names of the rows: what the figures are. */
  readonly title: string;
  readonly columns: readonly Column[];
  /** Rounds are at most so many, because one takes long. */
  readonly mostRounds?: number;
  /** Nothing of it warms up. */
  readonly isCold?: boolean;
}
