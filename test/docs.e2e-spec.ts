import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [join('docs', name)] : [])),
];
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

describe('documentation', () => {
  it('shows code and tables exactly as they are in the tested files', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/sync-docs.mjs', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it.each(pages)('names only npm scripts that exist: %s', (page) => {
    const named = [...textOf(page).matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name]) => name);
    expect(named.filter((name) => name !== undefined && !(name in scripts))).toEqual([]);
  });

  it.each(pages)('links only to files that exist: %s', (page) => {
    const links = [...textOf(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link ?? '');
    const folder = join(root, page, '..');
    const missing = links.filter((link) => !exists(join(folder, link)));
    expect(missing).toEqual([]);
  });

  it.each(pages)('shows no TypeScript that is not tested: %s', (page) => {
    const blocks = [...textOf(page).matchAll(/^(.*)\n+```(?:ts|js)\n/gm)].map(([, before]) => before);
    expect(blocks.filter((before) => before?.startsWith('<!-- from: ') !== true)).toEqual([]);
  });
});

function exists(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR';
  }
}
