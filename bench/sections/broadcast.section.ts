import { serverOf, type RowKey } from './rows.js';
import type { BenchSection, Column } from './section.js';

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
  'pomeloWs',
  'pinusWs',
  'mydogWs',
  'colyseus',
];

/** One push to many. */
export const broadcastSection: BenchSection = {
  name: 'broadcast',
  title: 'CPU µs a delivery of a push to all members',
  columns: [column('one at a time', 1), column('8 in flight', 8)],
};

function column(name: string, window: number): Column {
  return {
    name,
    rows: ROWS,
    measure: (row, bench) =>
      bench.cpu(serverOf(row), {
        mode: { kind: 'broadcast', window },
        connections: bench.sizes.members,
        bytes: 64,
      }),
  };
}
