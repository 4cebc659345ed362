import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../', import.meta.url);

type Block = (name: string, block: () => void) => void;

/** Runs a spec file without running its tests, and gives their titles. */
async function titlesIn(file: string): Promise<string[]> {
  const titles: string[] = [];
  const describe: Block = (_name, block) => block();
  const it: Block = (title) => void titles.push(title);
  const hook = (): void => {};
  const stand = { describe, it, beforeAll: hook, beforeEach: hook, afterAll: hook, afterEach: hook };
  const names = Object.keys(stand);
  const real = Object.fromEntries(names.map((name) => [name, Reflect.get(globalThis, name) as unknown]));
  Object.assign(globalThis, stand);
  try {
    await import(fileURLToPath(new URL(file, FOLDER)));
  } finally {
    Object.assign(globalThis, real);
  }
  return titles;
}

/** The titles of the tests of all spec files of this folder but one. */
export async function titlesBeside(own: string): Promise<string[]> {
  const titles: string[] = [];
  for (const file of readdirSync(FOLDER)) {
    if (file.endsWith('.e2e-spec.ts') && file !== own) titles.push(...(await titlesIn(file)));
  }
  return titles;
}
