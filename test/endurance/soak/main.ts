import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { randomSeed, readNumbers } from '../command-line.js';
import { runProgram, type Verdict } from '../program.js';
import type { ServerProcess } from '../server/server-process.js';
import { settles } from '../settle.js';
import { SoakRecord } from './client.js';
import { growthOf } from './growth.js';
import { MemoryLog } from './memory-log.js';
import { Population } from './population.js';
import { describe, failuresOf } from './result.js';

/** Longer than any deadline of the server. */
const SETTLE_MS = 30_000;
const HEARTBEAT_SECONDS = 5;

const options = readNumbers(process.argv.slice(2), { minutes: 5, clients: 500, seed: randomSeed() });

async function run(server: ServerProcess): Promise<Verdict> {
  const { minutes, clients, seed } = options;
  const record = new SoakRecord();
  const before = await server.ask({ collect: true });
  const descriptors = server.descriptors;
  const population = new Population(server.port, clients, seed, record);
  await population.arrive();
  const log = new MemoryLog(server);
  await setTimeout(minutes * 60_000);
  const { rss, delayP99Ms } = await log.stop();
  await population.leave();
  await settles(() => server.descriptors <= descriptors, SETTLE_MS);
  const isIdle = await settles(async () => {
    const { resources } = await server.ask({ collect: false });
    return isDeepStrictEqual(resources, before.resources);
  }, SETTLE_MS);
  const moreDescriptors = server.descriptors - descriptors;
  const growth = growthOf(log.points);
  const result = { minutes, clients, record, rss, growth, delayP99Ms, moreDescriptors, isIdle };
  return { figures: describe(result), failures: failuresOf(result) };
}

await runProgram(['--heartbeat', String(HEARTBEAT_SECONDS)], options.seed, run);
