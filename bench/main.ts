/** What our server costs beside others, in rounds of one run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { allowedDescriptors } from './figures/process-status.js';
import { boundOf } from './goals/goal.js';
import { GOALS } from './goals/goals.js';
import { guardGoals } from './goals/guard.js';
import { OwnGenerator } from './load/load-generator.js';
import { NativeGenerator } from './load/native-generator.js';
import { twoCores } from './measure/cores.js';
import { Figures } from './measure/figures.js';
import { readOptions, USAGE, type BenchOptions } from './options.js';
import { planSections } from './plan.js';
import { placesOf } from './report/places.js';
import { writeFigures } from './report/benchmarks-page.js';
import { describeMachine, describeRun } from './report/machine.js';
import { RunReport } from './report/run-report.js';
import { Bench, type BenchSizes } from './sections/bench.js';
import { runSection } from './sections/run-section.js';

/** Descriptors of a process that has no clients yet. */
const SPARE_DESCRIPTORS = 100;
const PEERS = join(import.meta.dirname, '../../bench/peers/node_modules');

/** Why nothing can be measured here. */
function obstacle(options: BenchOptions | undefined): string | undefined {
  if (process.platform !== 'linux') return 'Memory and cores are read from /proc: the benchmark needs Linux.';
  if (options === undefined || planSections(options).length === 0) return USAGE;
  if (options.peers && !existsSync(PEERS)) return 'The peers are not installed: call "npm run bench:peers".';
  const needed = SPARE_DESCRIPTORS + options.sizes.members;
  const allowed = allowedDescriptors();
  if (allowed >= needed) return undefined;
  return `A process may have ${allowed} file descriptors here, and ${needed} are needed: see "ulimit -n", or ask for fewer --members.`;
}

/** Fewer idle connections, where a process may not have as many. */
function possible(sizes: BenchSizes): BenchSizes {
  const idle = Math.min(sizes.idle, allowedDescriptors() - SPARE_DESCRIPTORS);
  if (idle < sizes.idle) console.log(`Only ${idle} idle connections: see "ulimit -n".`);
  return { ...sizes, idle };
}

async function startBench({ sizes, loadgen }: BenchOptions): Promise<Bench> {
  const cores = twoCores();
  console.log(describeMachine(cores));
  const own = await OwnGenerator.start(cores?.load);
  const generator = loadgen === undefined ? own : new NativeGenerator(loadgen, cores);
  return new Bench(possible(sizes), cores, own, generator);
}

/** Measures, and prints what it gives. */
async function run(options: BenchOptions): Promise<RunReport> {
  const { rounds, sizes, guard, bound, loadgen } = options;
  const bench = await startBench(options);
  const figures = new Figures();
  const report = new RunReport(describeRun(rounds, sizes.ms, loadgen !== undefined));
  for (const section of planSections(options)) {
    await runSection(section, bench, rounds, figures);
    report.addSection(section, figures);
  }
  const goals = guard ? guardGoals(bound) : GOALS;
  report.addGoals(goals.flatMap((goal) => boundOf(goal, figures) ?? []));
  return report;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const options = readOptions(process.argv.slice(2));
const reason = obstacle(options);
if (options === undefined || reason !== undefined) {
  console.error(reason ?? USAGE);
  process.exit(2);
}
const report = await run(options);
if (options.write) await writeFigures(report.texts, placesOf(options));
const isSlow = options.guard && !report.isMet;
if (isSlow)
  console.error('An echo costs too much beside the codec by hand: the lines above say "missed" where.');
process.exit(isSlow ? 1 : 0);
