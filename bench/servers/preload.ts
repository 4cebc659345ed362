/** Loaded into every server before its own code, so that all can be asked the same. */
import { setFlagsFromString } from 'node:v8';
import { answerParent } from '../process/serve-parent.js';
import { GarbageCount } from './garbage-count.js';
import type { ServerApi } from './server-api.js';

let garbage: GarbageCount | undefined;

function collect(): void {
  // Without it pages with a few survivors stay, some more or some less each time.
  setFlagsFromString('--compact-on-every-full-gc');
  globalThis.gc?.();
  setFlagsFromString('--no-compact-on-every-full-gc');
}

answerParent<ServerApi>({
  cpuMicros: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  collect,
  countGarbage: () => {
    garbage = new GarbageCount();
  },
  garbage: () => garbage?.end() ?? Number.NaN,
});
