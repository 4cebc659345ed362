import type { Figures } from '../measure/figures.js';
import { inTurn } from '../measure/in-turn.js';
import type { Bench } from './bench.js';
import type { RowKey } from './rows.js';
import type { BenchSection } from './section.js';

/** Measures a section: one round that nobody looks at, because compilers have to see the code first, and then those that count. */
export async function runSection(
  section: BenchSection,
  bench: Bench,
  rounds: number,
  figures: Figures,
): Promise<void> {
  const { name, columns, mostRounds = rounds, isCold = false } = section;
  const wanted = Math.min(rounds, mostRounds);
  try {
    for (let round = isCold ? 0 : -1; round < wanted; round += 1)
      for (const column of columns)
        for (const row of inTurn(column.rows, round)) {
          const figure = await measureOne(section, row, () => column.measure(row, bench));
          if (round >= 0) figures.add(name, column.name, row, figure);
        }
  } finally {
    await bench.stopServers();
  }
}

/** Says of what an error is. */
async function measureOne(
  { name }: BenchSection,
  row: RowKey,
  measure: () => Promise<number>,
): Promise<number> {
  try {
    return await measure();
  } catch (error) {
    throw new Error(`${name}, ${row}: ${String(error)}`, { cause: error });
  }
}
