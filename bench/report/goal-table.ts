import { holds, type Bound } from '../measure/bound.js';
import { shortSpread } from '../measure/table.js';
import type { Table } from './section-table.js';

/** What is aimed at, and whether it is met. */
export function goalTable(bounds: readonly Bound[]): Table {
  return {
    head: ['goal', 'median [least..most]', 'bound', ''],
    rows: bounds.map((bound) => {
      const { atLeast, atMost, values } = bound;
      const limit = atMost === undefined ? `at least ${atLeast ?? ''}` : `at most ${atMost}`;
      return [bound.what, shortSpread(values), limit, holds(bound) ? 'holds' : 'missed'];
    }),
  };
}
