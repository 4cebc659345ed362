import { setTimeout as wait } from 'node:timers/promises';
import { residentBytes } from './process-status.js';
import type { ServerProcess } from './server-process.js';

const COLLECTIONS = 3;
/** What is collected goes back to the system in the background. */
const GIVEN_BACK_MS = 200;

/** Resident memory of the server without garbage, in bytes. */
export async function liveBytes(server: ServerProcess): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let times = 0; times < COLLECTIONS; times += 1) {
    await server.collectGarbage();
    await wait(GIVEN_BACK_MS);
    least = Math.min(least, residentBytes(server.pid));
  }
  return least;
}
