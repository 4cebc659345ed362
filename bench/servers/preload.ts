/** Loaded into every server before its own code, so that all can be asked the same. */
import { answerParent } from '../process/serve-parent.js';
import { GarbageCount } from './garbage-count.js';
import type { ServerApi } from './server-api.js';

let garbage: GarbageCount | undefined;

answerParent<ServerApi>({
  cpuMicros: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  collect: () => globalThis.gc?.(),
  countGarbage: () => {
    garbage = new GarbageCount();
  },
  garbage: () => garbage?.end() ?? Number.NaN,
});
