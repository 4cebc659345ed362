/**
 * Copies code from tested files into the documentation. A fenced block behind `<!-- from: path -->` holds that file;
 * behind `<!-- table: name -->` stands a table made from the code. `--check` changes nothing and fails on a difference.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tables } from './docs-tables.mjs';

const root = join(import.meta.dirname, '..');
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];
const check = process.argv.includes('--check');
const stale = [];

for (const page of pages) {
  const before = readFileSync(join(root, page), 'utf8');
  const after = before
    .replace(/(<!-- from: (\S+) -->\n+```(\w+)\n)[^]*?(```)/g, (_all, head, file, _language, tail) => {
      return `${head}${readFileSync(join(root, file), 'utf8')}${tail}`;
    })
    .replace(
      /(<!-- table: (\S+) -->\n)[^]*?(<!-- end -->)/g,
      (_all, head, name, tail) => `${head}\n${tables[name]()}\n${tail}`,
    );
  if (after === before) continue;
  stale.push(page);
  if (!check) writeFileSync(join(root, page), after);
}

if (check && stale.length > 0) {
  console.error(`These pages differ from the code that they show: ${stale.join(', ')}. Run "npm run docs".`);
  process.exit(1);
}
