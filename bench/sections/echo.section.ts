import type { LoadTask } from '../load/load-task.js';
import type { Bench } from './bench.js';
import { serverOf, type RowKey } from './rows.js';
import type { BenchSection, Column } from './section.js';

const SMALL = 64;
const LARGE = 1024;

const NATIVE: readonly RowKey[] = ['net', 'ws'];
const POMELO: readonly RowKey[] = ['limitTcp', 'oursTcp', 'limitWs', 'oursWs'];
const OTHERS: readonly RowKey[] = ['nestWs', 'socketIo', 'nestIo'];
const PEERS: readonly RowKey[] = ['pomeloTcp', 'pomeloWs', 'pinusTcp', 'pinusWs', 'mydogTcp', 'mydogWs'];

/** One request after the other, and many in flight, on many connections. */
export const echoSection: BenchSection = {
  name: 'echo',
  title: 'CPU µs an echo',
  columns: [
    column('64 B, 1 in flight', 1, SMALL, [...NATIVE, ...POMELO, ...OTHERS, ...PEERS, 'colyseus']),
    column('64 B, 16 in flight', 16, SMALL, [...NATIVE, ...POMELO, ...OTHERS, ...PEERS, 'colyseus']),
    // Its body would be another one in MessagePack.
    column('1 KiB, 1 in flight', 1, LARGE, [...POMELO, ...OTHERS, ...PEERS]),
  ],
};

/** The same with a guard and with bodies that are checked. */
export const checkedSection: BenchSection = {
  name: 'checked',
  title: 'CPU µs of a guarded and checked echo',
  columns: [
    {
      name: '64 B, 1 in flight',
      rows: ['oursWs', 'nestWs'],
      measure: (row, bench) => bench.cpu(serverOf(row), { ...echoTask(bench, 1, SMALL), method: 'checked' }),
    },
  ],
};

function column(name: string, depth: number, bytes: number, rows: readonly RowKey[]): Column {
  return { name, rows, measure: (row, bench) => bench.cpu(serverOf(row), echoTask(bench, depth, bytes)) };
}

/** An echo on all connections. */
export function echoTask({ sizes }: Bench, depth: number, bytes: number): LoadTask {
  return { mode: { kind: 'closed', depth }, connections: sizes.connections, bytes };
}
