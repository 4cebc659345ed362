import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInstrumenter } from 'istanbul-lib-instrument';
import { COVERAGE_VARIABLE } from './coverage.js';

const instrumenter = createInstrumenter({
  esModules: true,
  compact: true,
  produceSourceMap: false,
  coverageVariable: COVERAGE_VARIABLE,
  coverageGlobalScope: 'globalThis',
  coverageGlobalScopeFunc: false,
});

/** The files of nestjs-pomelo that are fuzzed: they depend on one another and on Node alone. */
const PROXY_FILES = /^proxy-[\w-]+\.js$/;

/** Copies of the built libraries and of the planted bugs that count what they execute, in a folder of their own. */
export class InstrumentedLibrary {
  readonly directory = mkdtempSync(join(tmpdir(), 'nestjs-pomelo-fuzz-'));

  constructor() {
    instrumentInto(folderOf('nestjs-pomelo-protocol'), join(this.directory, 'protocol'));
    instrumentInto(join(folderOf('nestjs-pomelo'), 'edge'), join(this.directory, 'edge'), PROXY_FILES);
    instrumentInto(fileURLToPath(new URL('planted/', import.meta.url)), join(this.directory, 'planted'));
    writeFileSync(join(this.directory, 'package.json'), '{"type":"module"}');
  }

  /** Deletes the folder. */
  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Where a package was built into. */
function folderOf(name: string): string {
  return dirname(fileURLToPath(import.meta.resolve(name)));
}

function instrumentInto(source: string, target: string, names = /\.js$/): void {
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) instrumentInto(from, to, names);
    else if (names.test(entry.name))
      writeFileSync(to, instrumenter.instrumentSync(readFileSync(from, 'utf8'), from));
  }
}
