import { setTimeout } from 'node:timers/promises';
import type { ServerProcess } from './server-process.js';

const PAUSE_MS = 1_000;
const MOST_PAUSES = 15;
const NEGLIGIBLE_BYTES = 64 * 1024;

/**
 * Bytes of heap that the server uses when it has nothing to do: what it still waits for, such as requests that nobody
 * answers, goes with their deadline.
 */
export async function heapInUse(server: ServerProcess): Promise<number> {
  let heap = await collected(server);
  for (let pauses = 0; pauses < MOST_PAUSES; pauses++) {
    await setTimeout(PAUSE_MS);
    const before = heap;
    heap = await collected(server);
    if (before - heap < NEGLIGIBLE_BYTES) return heap;
  }
  return heap;
}

async function collected(server: ServerProcess): Promise<number> {
  // What is finalized in one collection is collected in the next.
  await server.ask({ collect: true });
  return (await server.ask({ collect: true })).heapUsed;
}
