/** What calls between servers, pushes to many of them and logins cost, beside what else there is. Needs NATS and Redis. */
import { availableParallelism, loadavg } from 'node:os';
import { echoSection } from './echo/echo.section.js';
import { fanOutSection } from './fan-out/fan-out.section.js';
import { loginsSection } from './logins/logins.section.js';
import { describeBound, holds, type Bound } from '../measure/bound.js';
import { readOptions, USAGE, type ClusterBenchOptions } from './options.js';
import { BrokerProcess } from './process/broker-process.js';

const SECTIONS = [echoSection, fanOutSection, loginsSection];

/** Why nothing can be measured here. */
function obstacle(): string | undefined {
  if (process.platform !== 'linux') return 'CPU time is read from /proc: the benchmark needs Linux.';
  const isKnown = options?.section === '' || SECTIONS.some(({ name }) => name === options?.section);
  return isKnown ? undefined : USAGE;
}

/** Measures, prints, and gives all bounds. */
async function run({ section, rounds, ms }: ClusterBenchOptions): Promise<Bound[]> {
  const [nats, redis] = [await BrokerProcess.nats(), await BrokerProcess.redis()];
  const bounds: Bound[] = [];
  for (const one of SECTIONS.filter(({ name }) => section === '' || name === section)) {
    const report = await one.measure({ nats, redis, rounds, ms });
    console.log([...report.table, ''].join('\n'));
    bounds.push(...report.bounds);
  }
  return bounds;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const options = readOptions(process.argv.slice(2));
const reason = obstacle();
if (options === undefined || reason !== undefined) {
  console.error(reason ?? USAGE);
  process.exit(2);
}
const load = loadavg().map((value) => value.toFixed(1));
console.log(`Node ${process.versions.node}, ${availableParallelism()} CPUs, load ${load.join(' ')} before.`);
console.log(`Medians of ${options.rounds} rounds; CPU is that of all processes that take part.\n`);
const bounds = await run(options);
for (const bound of bounds) console.log(describeBound(bound));
process.exit(options.check && !bounds.every(holds) ? 1 : 0);
