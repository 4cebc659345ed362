import { InstrumentedLibrary } from './instrumented-library.js';
import { readOptions, type FuzzOptions } from './options.js';
import { allTargets, targetNamed } from './targets/index.js';
import { supervise } from './watchdog.js';
import type { Finding, Summary } from './worker-messages.js';

/** Fuzzes the targets one after the other; false as soon as one of them breaks. */
async function fuzz(options: FuzzOptions, directory: string): Promise<boolean> {
  const targets = options.target === undefined ? allTargets() : [targetNamed(options.target).name];
  const seconds = options.seconds / targets.length;
  console.log(`seed ${options.seed}`);
  for (const target of targets) {
    const outcome = await supervise({ ...options, target, seconds, directory });
    console.log(
      outcome.kind === 'summary' ? describeSummary(target, outcome) : describeFinding(target, outcome),
    );
    if (outcome.kind === 'finding') return false;
  }
  return true;
}

function describeSummary(target: string, summary: Summary): string {
  const rate = Math.round(summary.executions / summary.seconds);
  return [
    target.padEnd(14),
    `${summary.executions} executions`,
    `${rate}/s`,
    `corpus ${summary.corpus}`,
    `edges ${summary.edges}`,
    `slowest ${summary.slowestMs.toFixed(2)} ms`,
  ].join('  ');
}

function describeFinding(target: string, { error, hex }: Finding): string {
  return [`${target}: FOUND`, error, `input ${hex}`, `repeat with --target ${target} --input ${hex}`].join(
    '\n',
  );
}

const options = readOptions(process.argv.slice(2));
const library = new InstrumentedLibrary();
try {
  process.exitCode = (await fuzz(options, library.directory)) ? 0 : 1;
} finally {
  library.remove();
}
