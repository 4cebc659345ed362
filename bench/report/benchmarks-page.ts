import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { PlaceOf } from './places.js';
import type { Table } from './section-table.js';

const PAGE = join(import.meta.dirname, '../../../docs/benchmarks.md');

/** A table in Markdown. */
export function markdownTable({ head, rows }: Table): string {
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function line(texts: readonly string[]): string {
  return `| ${texts.join(' | ')} |`;
}

/** The page with other texts between its marks `<!-- figures: NAME -->` and `<!-- end -->`. Throws when a mark is not there. */
export function withFigures(page: string, texts: ReadonlyMap<string, string>): string {
  let written = page;
  for (const [name, text] of texts) {
    const block = new RegExp(`(<!-- figures: ${name} -->\n)[^]*?(<!-- end -->)`);
    if (!block.test(written)) throw new Error(`docs/benchmarks.md has no place for the figures "${name}".`);
    written = written.replace(block, (_all, head: string, tail: string) => `${head}\n${text}\n\n${tail}`);
  }
  return written;
}

/** Writes figures into their places in docs/benchmarks.md. */
export async function writeFigures(texts: ReadonlyMap<string, string>, placeOf: PlaceOf): Promise<void> {
  const placed = [...texts].flatMap(([name, text]): [string, string][] => {
    const place = placeOf(name);
    return place === undefined ? [] : [[place, text]];
  });
  const page = withFigures(readFileSync(PAGE, 'utf8'), new Map(placed));
  const options = await resolveConfig(PAGE);
  writeFileSync(PAGE, await format(page, { ...options, parser: 'markdown' }));
}
