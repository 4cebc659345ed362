import { parentPort, workerData } from 'node:worker_threads';
import { Campaign } from './campaign.js';
import { Coverage } from './coverage.js';
import { CurrentInput } from './current-input.js';
import { loadLibrary } from './library.js';
import { Prng } from './prng.js';
import { targetNamed } from './targets/index.js';
import type { Finding, Summary, WorkerTask } from './worker-messages.js';

/** Runs one target; the other side of the watchdog. */
async function work(task: WorkerTask): Promise<Summary | Finding> {
  const target = targetNamed(task.target);
  const run = target.prepare(await loadLibrary(task.directory));
  const current = new CurrentInput(task.memory);
  // Made last, because it takes over the counters of the modules that are loaded by now.
  const campaign = new Campaign(run, new Coverage(), current);
  try {
    if (task.input !== undefined) campaign.execute(Uint8Array.from(Buffer.from(task.input, 'hex')));
    else campaign.search(target, Prng.for(task.seed, target.name), task.seconds, task.executions);
    return campaign.summary;
  } catch (error) {
    return {
      kind: 'finding',
      error: (error instanceof Error && error.stack) || String(error),
      hex: current.hex ?? '',
    };
  }
}

// The boundary to what the watchdog put in.
parentPort?.postMessage(await work(workerData as WorkerTask), []);
