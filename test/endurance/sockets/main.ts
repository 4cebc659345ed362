import { randomSeed, readNumbers } from '../command-line.js';
import { runProgram, type Verdict } from '../program.js';
import { heapInUse } from '../server/heap-in-use.js';
import type { ServerProcess } from '../server/server-process.js';
import { settles } from '../settle.js';
import { attack, type AttackCounts } from './attack.js';
import { Bystander } from './bystander.js';
import { describe, failuresOf } from './result.js';
import { ScriptMaker } from './script-maker.js';

/** Of the packages, before the heap is measured for the first time: what runs for the first time is compiled and kept. */
const WARM_UP_SHARE = 0.1;
const SETTLE_MS = 20_000;

const options = readNumbers(process.argv.slice(2), {
  packages: 1_000_000,
  seconds: Number.POSITIVE_INFINITY,
  seed: randomSeed(),
});

/** Attacks the server, with bystanders beside it. */
async function run(server: ServerProcess): Promise<Verdict> {
  const startedAt = performance.now();
  const bystanders = [await Bystander.arrive('tcp', server.port), await Bystander.arrive('ws', server.port)];
  const descriptors = server.descriptors;
  const scripts = new ScriptMaker(options.seed);
  const round = async (packages: number): Promise<AttackCounts> => {
    const counts = await attack(server, scripts, packages, startedAt + options.seconds * 1000);
    await settles(() => server.descriptors <= descriptors, SETTLE_MS);
    return counts;
  };
  const warmUp = Math.ceil(options.packages * WARM_UP_SHARE);
  const rounds = [await round(warmUp)];
  const heap = await heapInUse(server);
  rounds.push(await round(options.packages - warmUp));
  const moreDescriptors = server.descriptors - descriptors;
  await Promise.all(bystanders.map((bystander) => bystander.stop()));
  const moreHeap = (await heapInUse(server)) - heap;
  const seconds = (performance.now() - startedAt) / 1000;
  const { refusals } = await server.ask({ collect: false });
  const wanted = options.packages;
  const result = { wanted, rounds, seconds, bystanders, moreDescriptors, moreHeap, refusals };
  return { figures: describe(result), failures: failuresOf(result) };
}

await runProgram([], options.seed, run);
