import { echoSection } from '../sections/echo.section.js';
import type { RowKey } from '../sections/rows.js';
import type { BenchSection } from '../sections/section.js';
import type { Goal } from './goal.js';

const ROWS: readonly RowKey[] = ['limitTcp', 'oursTcp', 'limitWs', 'oursWs'];
const ONE = '64 B, 1 in flight';
const MANY = '64 B, 16 in flight';

/** What is measured by `--guard`: ours and the codec by hand, nothing else. */
export const guardedSection: BenchSection = {
  ...echoSection,
  columns: echoSection.columns
    .filter(({ name }) => name === ONE || name === MANY)
    .map((column) => ({ ...column, rows: ROWS })),
};

/**
 * CPU time of ours, in parts of that of the codec by hand, from which on something has gone wrong: twice what it was when
 * these were written. One number bounds all.
 */
export function guardGoals(bound: number | undefined): Goal[] {
  const goal = (column: string, transport: 'Tcp' | 'Ws', atMost: number): Goal => ({
    what: `CPU of an echo, ${column}, ${transport === 'Tcp' ? 'TCP' : 'WebSocket'} / by hand`,
    section: guardedSection.name,
    column,
    ours: `ours${transport}`,
    theirs: `limit${transport}`,
    atMost: bound ?? atMost,
  });
  return [goal(ONE, 'Tcp', 2.4), goal(ONE, 'Ws', 2.4), goal(MANY, 'Tcp', 3.2), goal(MANY, 'Ws', 3.2)];
}
