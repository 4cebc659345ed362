import { setTimeout as delay } from 'node:timers/promises';
import { residentBytes } from '../figures/process-status.js';
import type { LoadTask } from '../load/load-task.js';
import type { RunningServer } from '../servers/running-server.js';
import type { Bench } from './bench.js';
import { serverOf, type RowKey } from './rows.js';
import type { BenchSection } from './section.js';

/** Clients that come and go at a time. */
const VISITORS = 32;
/** Clients that have come and gone before memory is looked at. */
const FIRST = 200;
const KIBIBYTE = 1024;
/** What a server does a moment after its clients came is over. */
const SETTLE_MS = 300;
/** Where V8 keeps what is new grows to 32 MiB, at one moment or another, and stays: it belongs to no connection. */
const SMALL_YOUNG_GENERATION = '--max-semi-space-size=1';

const ROWS: readonly RowKey[] = [
  'limitTcp',
  'oursTcp',
  'pomeloTcp',
  'pinusTcp',
  'mydogTcp',
  'limitWs',
  'oursWs',
  'nestWs',
  'socketIo',
  'nestIo',
  'pomeloWs',
  'pinusWs',
  'mydogWs',
  'colyseus',
];

/** Clients that connect, are let in, ask once, and leave. */
export const cycleSection: BenchSection = {
  name: 'cycle',
  title: 'CPU µs a client that comes, asks once, and goes',
  columns: [
    {
      name: 'a cycle',
      rows: ROWS,
      measure: (row, bench) =>
        bench.cpu(serverOf(row), { mode: { kind: 'cycle' }, connections: VISITORS, bytes: 64 }),
    },
  ],
};

/** Clients that are there and say nothing. */
export const idleSection: BenchSection = {
  name: 'idle',
  title: 'resident KiB an idle connection',
  mostRounds: 3,
  isCold: true,
  columns: [{ name: 'idle', rows: ROWS, measure: measureIdle }],
};

async function measureIdle(row: RowKey, bench: Bench): Promise<number> {
  const server = await bench.fresh(serverOf(row), [SMALL_YOUNG_GENERATION]);
  try {
    const { idle } = bench.sizes;
    // What is loaded and compiled for the first client is not what one more costs.
    await bench.own.open(server, idleTask(Math.min(FIRST, idle)));
    await bench.own.close();
    const before = await settledBytes(server);
    await bench.own.open(server, idleTask(idle));
    const bytes = (await settledBytes(server)) - before;
    await bench.own.close();
    return bytes / KIBIBYTE / idle;
  } finally {
    await server.stop();
  }
}

function idleTask(connections: number): LoadTask {
  return { mode: { kind: 'idle' }, connections, bytes: 64 };
}

async function settledBytes(server: RunningServer): Promise<number> {
  // What the first collection frees is given back some time after it.
  for (let collections = 0; collections < 2; collections += 1) {
    await delay(SETTLE_MS);
    await server.ask('collect');
  }
  await delay(SETTLE_MS);
  return residentBytes(server.pid);
}
