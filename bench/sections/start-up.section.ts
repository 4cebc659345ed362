import { BenchProcess } from '../process/bench-process.js';
import type { ServerApi } from '../servers/server-api.js';
import type { Bench } from './bench.js';
import type { RowKey } from './rows.js';
import type { BenchSection } from './section.js';

const PRELOAD = new URL('../servers/preload.js', import.meta.url).href;

/** An application with many handlers, until it listens. */
export const startUpSection: BenchSection = {
  name: 'start-up',
  title: 'CPU ms of a start with 200 handlers',
  isCold: true,
  columns: [{ name: 'start', rows: ['ourApp', 'nestApp'], measure: startMillis }],
};

async function startMillis(row: RowKey, { cores }: Bench): Promise<number> {
  const program = row === 'ourApp' ? 'startup/our-app' : 'startup/nest-app';
  const node = ['--import', PRELOAD];
  const app = await BenchProcess.start<ServerApi>(program, {}, { node, core: cores?.server });
  const micros = await app.ask('cpuMicros');
  await app.stop();
  return micros / 1000;
}
