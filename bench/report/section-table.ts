import type { Figures } from '../measure/figures.js';
import { shortSpread } from '../measure/table.js';
import { ROW_KEYS, rowName, type RowKey } from '../sections/rows.js';
import type { BenchSection } from '../sections/section.js';

/** A table: heads and rows of texts. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Medians of the rounds with their range; a dash where nothing was measured. */
export function sectionTable(section: BenchSection, figures: Figures): Table {
  const figure = (column: string, row: RowKey): string => {
    const values = figures.of(section.name, column, row);
    return values.length === 0 ? '–' : shortSpread(values);
  };
  const measured = ROW_KEYS.filter((row) =>
    section.columns.some(({ name }) => figures.of(section.name, name, row).length > 0),
  );
  return {
    head: [section.title, ...section.columns.map(({ name }) => name)],
    rows: measured.map((row) => [rowName(row), ...section.columns.map(({ name }) => figure(name, row))]),
  };
}
