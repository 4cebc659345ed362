import { availableParallelism } from 'node:os';
import { InstrumentedLibrary } from './instrumented-library.js';
import { readOptions, type FuzzOptions } from './options.js';
import { describeFinding, describeSummary } from './report.js';
import { allTargets, targetNamed } from './targets/index.js';
import { TimeBudget } from './time-budget.js';
import { supervise } from './watchdog.js';

/** Fuzzes as many targets at a time as there are processors; false as soon as one of them breaks. */
async function fuzz(options: FuzzOptions, directory: string): Promise<boolean> {
  const targets = options.target === undefined ? allTargets() : [targetNamed(options.target).name];
  const wanted = options.input === undefined ? options.executions : 1;
  const lanes = availableParallelism();
  const budget = new TimeBudget(options.seconds, targets.length, lanes);
  const stop = new AbortController();
  const queue = targets.values();
  const lane = async (): Promise<void> => {
    for (const target of queue) {
      const seconds = budget.next();
      const outcome = await supervise({ ...options, target, seconds, directory }, stop.signal);
      if (outcome === undefined) return;
      if (outcome.kind === 'summary') console.log(describeSummary(target, outcome, wanted));
      else {
        console.log(describeFinding(target, outcome));
        stop.abort();
        return;
      }
    }
  };
  console.log(`seed ${options.seed}`);
  await Promise.all(Array.from({ length: lanes }, lane));
  return !stop.signal.aborted;
}

const options = readOptions(process.argv.slice(2));
const library = new InstrumentedLibrary();
try {
  process.exitCode = (await fuzz(options, library.directory)) ? 0 : 1;
} finally {
  library.remove();
}
