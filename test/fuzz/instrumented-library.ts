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

/** Copies of the built library and of the planted bugs that count what they execute, in a folder of their own. */
export class InstrumentedLibrary {
  readonly directory = mkdtempSync(join(tmpdir(), 'nestjs-pomelo-fuzz-'));

  constructor() {
    const library = dirname(fileURLToPath(import.meta.resolve('nestjs-pomelo-protocol')));
    instrumentInto(library, join(this.directory, 'protocol'));
    instrumentInto(fileURLToPath(new URL('planted/', import.meta.url)), join(this.directory, 'planted'));
    writeFileSync(join(this.directory, 'package.json'), '{"type":"module"}');
  }

  /** Deletes the folder. */
  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function instrumentInto(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) instrumentInto(from, to);
    else if (entry.name.endsWith('.js'))
      writeFileSync(to, instrumenter.instrumentSync(readFileSync(from, 'utf8'), from));
  }
}
