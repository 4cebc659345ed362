import { holds, type Bound } from '../measure/bound.js';
import type { Figures } from '../measure/figures.js';
import { tableLines } from '../measure/table.js';
import type { BenchSection } from '../sections/section.js';
import { markdownTable } from './benchmarks-page.js';
import { goalTable } from './goal-table.js';
import { sectionTable, type Table } from './section-table.js';

/** Prints what a run gives as it comes, and keeps it for the page. */
export class RunReport {
  /** Texts for the page: `run` is about the run, and every table has its name. */
  readonly texts = new Map<string, string>();
  /** What is aimed at. */
  bounds: readonly Bound[] = [];

  constructor(summary: string) {
    console.log(`${summary}\n`);
    this.texts.set('run', summary);
  }

  /** The figures of a section. */
  addSection(section: BenchSection, figures: Figures): void {
    this.add(section.name, sectionTable(section, figures));
  }

  /** What is aimed at, and whether it is met. */
  addGoals(bounds: readonly Bound[]): void {
    this.bounds = bounds;
    this.add('goals', goalTable(bounds));
  }

  /** All goals are met. */
  get isMet(): boolean {
    return this.bounds.every(holds);
  }

  private add(name: string, table: Table): void {
    const rows = table.rows.map((row) => row.map(plain));
    console.log([...tableLines(table.head, rows), ''].join('\n'));
    this.texts.set(name, markdownTable(table));
  }
}

function plain(text: string): string {
  return text.replaceAll(/[*`]/g, '');
}
