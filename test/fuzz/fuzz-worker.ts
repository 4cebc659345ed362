import { parentPort, workerData } from 'node:worker_threads';
import { Campaign } from './campaign.js';
import { Coverage } from './coverage.js';
import { CurrentInput } from './current-input.js';
import { loadLibrary } from './library.js';
import { Prng } from './prng.js';
import { targetNamed } from './targets/index.js';
import { toHex, type Finding, type Summary, type WorkerTask } from './worker-messages.js';

const { stackTraceLimit } = Error;

/** Runs one target; the other side of the watchdog. */
async function work(task: WorkerTask): Promise<Summary | Finding> {
  const target = targetNamed(task.target);
  const run = target.prepare(await loadLibrary(task.directory));
  const current = new CurrentInput(task.memory);
  // Made last, because it takes over the counters of the modules that are loaded by now.
  const campaign = new Campaign(run, new Coverage(), current);
  // Most of what an error costs, and JSON.parse throws one for most inputs.
  Error.stackTraceLimit = 0;
  try {
    if (task.input !== undefined) campaign.execute(Uint8Array.from(Buffer.from(task.input, 'hex')));
    else campaign.search(target, Prng.for(task.seed, target.name), task.seconds, task.executions);
    return campaign.summary;
  } catch (error) {
    const input = current.bytes ?? new Uint8Array(0);
    return { kind: 'finding', error: describe(thrownBy(run, input) ?? error), hex: toHex(input) };
  }
}

/** What the input makes the target throw, with its stack. */
function thrownBy(run: (input: Uint8Array) => void, input: Uint8Array): unknown {
  Error.stackTraceLimit = stackTraceLimit;
  try {
    run(input);
    return undefined;
  } catch (error) {
    return error;
  }
}

function describe(error: unknown): string {
  return (error instanceof Error && error.stack) || String(error);
}

// The boundary to what the watchdog put in.
parentPort?.postMessage(await work(workerData as WorkerTask), []);
