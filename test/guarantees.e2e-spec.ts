import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planFigures } from '../bench/figures/plan.js';

const root = join(import.meta.dirname, '..');
const page = `\n${readFileSync(join(root, 'docs/guarantees.md'), 'utf8')}`;
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** The cells of the rows of the tables below a heading, up to the next one of its rank. */
function rowsBelow(heading: string): string[][] {
  const [, text = ''] = page.split(`\n${heading}\n`);
  const [, rank = ''] = /^(#+)/.exec(heading) ?? [];
  const [section = ''] = text.split(new RegExp(`^#{1,${rank.length}} `, 'm'));
  const rows = section.split('\n').filter((line) => line.startsWith('| ') && !/^\| -+ /.test(line));
  return rows.map((row) => row.split('|').map((cell) => cell.trim()));
}

interface Link {
  readonly title: string;
  readonly file: string;
}

const linksIn = (cell: string): Link[] =>
  [...cell.matchAll(/\[([^\]]+)\]\(\.\.\/([^)]+)\)/g)].map(([, title = '', file = '']) => ({ title, file }));

/** A bound in heartbeats, as a row states it. */
interface Bound {
  readonly what: string;
  readonly most: string;
}

/** `what < most: measured`, several of them with semicolons between. */
const boundsIn = (cell: string): Bound[] =>
  cell.split(';').flatMap((part) => {
    const [, what = '', most = ''] = /^\s*(\S.*) < ([\d.]+): [\d.]+$/.exec(part) ?? [];
    return what === '' ? [] : [{ what, most }];
  });

/** The bounds that a test file asserts: `expect(figure('what', …)).toBeLessThan(most)`. */
function assertedIn(file: string): Bound[] {
  const parts = readFileSync(join(root, file), 'utf8').split('figure(').slice(1);
  return parts.flatMap((part) => {
    const [, what = '', most = ''] = /^'([^']+)'[^;]*toBeLessThan\(\s*([\d.]+),?\s*\)/.exec(part) ?? [];
    return what === '' ? [] : [{ what, most }];
  });
}

const textOf = ({ what, most }: Bound): string => `${what} < ${most}`;

/** Declares a test for each row: the commands in its second column can be called. */
function nameTheirCommands(rows: readonly string[][]): void {
  it.each(rows.map(([, promise = '', commands = '']) => [promise.slice(0, 60), commands]))(
    'names commands that exist: %s',
    (_promise, commands) => {
      const named = [...commands.matchAll(/`npm (?:run )?([\w:]+)(?: -- ([^`]*))?`/g)];
      expect(named).not.toEqual([]);
      for (const [, script = '', args = ''] of named) expectToExist(script, args);
    },
  );
}

function expectToExist(script: string, args: string): void {
  expect(scripts).toHaveProperty([script]);
  if (script === 'figures') expect(planFigures(args, undefined)).not.toEqual([]);
  if (script === 'test')
    expect([args, `${args}.e2e-spec.ts`].some((path) => existsSync(join(root, path)))).toBe(true);
}

describe('the table of figures', () => {
  const rows = rowsBelow('# Guarantees').filter(([, promise = '']) => promise.startsWith('**F'));

  it('has F1 to F15, in order', () => {
    const numbers = rows.map(([, promise = '']) => Number(/^\*\*F(\d+)\*\*/.exec(promise)?.[1]));
    expect([...new Set(numbers)]).toEqual(Array.from({ length: 15 }, (_none, index) => index + 1));
  });

  nameTheirCommands(rows);
});

describe('the promises about messages and sessions', () => {
  nameTheirCommands(rowsBelow('## Messages and sessions').slice(1));
});

describe('the guarantees of a cluster', () => {
  const rows = rowsBelow('## Cluster').filter((cells) => cells.some((cell) => linksIn(cell).length > 0));

  it('are many, and so are the rows of the failure matrix', () => {
    expect(rows.length).toBeGreaterThan(30);
    const numbers = rows.map(([, number = '']) => Number(number)).filter((number) => number > 0);
    expect([...new Set(numbers)]).toEqual(Array.from({ length: 14 }, (_none, index) => index + 1));
  });

  it.each(rows.map((cells) => [cells.slice(1, 3).join(' ').slice(0, 60), cells] as const))(
    'are what tests assert, with the same bounds: %s',
    (_guarantee, cells) => {
      const links = cells.flatMap(linksIn);
      for (const { file, title } of links)
        expect(readFileSync(join(root, file), 'utf8')).toContain(`'${title}'`);
      const asserted = new Set(links.flatMap(({ file }) => assertedIn(file)).map(textOf));
      const stated = cells.flatMap(boundsIn).map(textOf);
      expect(stated.filter((bound) => !asserted.has(bound))).toEqual([]);
    },
  );

  it('leave out no bound that these tests assert', () => {
    const files = new Set(
      rows
        .flat()
        .flatMap(linksIn)
        .map(({ file }) => file),
    );
    const stated = new Set(rows.flat().flatMap(boundsIn).map(textOf));
    const asserted = [...files].flatMap(assertedIn).map(textOf);
    expect(asserted.filter((bound) => !stated.has(bound))).toEqual([]);
  });
});
