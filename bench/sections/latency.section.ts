import { serverOf, type RowKey } from './rows.js';
import type { BenchSection } from './section.js';

const ROWS: readonly RowKey[] = ['limitTcp', 'oursTcp', 'limitWs', 'oursWs', 'nestWs', 'socketIo'];
const MINIMAL: readonly RowKey[] = ['limitTcp', 'oursTcp', 'limitWs', 'oursWs'];

/** How long a client waits. */
export const latencySection: BenchSection = {
  name: 'latency',
  title: 'µs until the answer, median',
  columns: [
    {
      name: 'one connection',
      rows: ROWS,
      measure: (row, bench) =>
        bench.latency(serverOf(row), {
          mode: { kind: 'closed', depth: 1, timed: true },
          connections: 1,
          bytes: 64,
        }),
    },
    {
      name: 'open loop',
      rows: MINIMAL,
      measure: (row, bench) =>
        bench.latency(serverOf(row), {
          mode: { kind: 'open', perSecond: bench.sizes.rate },
          connections: bench.sizes.connections,
          bytes: 64,
        }),
    },
  ],
};
