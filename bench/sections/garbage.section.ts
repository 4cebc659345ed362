import { echoTask } from './echo.section.js';
import type { Bench } from './bench.js';
import { serverOf, type RowKey } from './rows.js';
import type { BenchSection, Column } from './section.js';

/** What a request leaves behind for the garbage collector. */
export const garbageSection: BenchSection = {
  name: 'garbage',
  title: 'bytes allocated an echo of 64 B',
  columns: [column('1 in flight', 1), column('16 in flight', 16)],
};

function column(name: string, depth: number): Column {
  return {
    name,
    rows: ['limitTcp', 'oursTcp', 'limitWs', 'oursWs'],
    measure: (row, bench) => allocated(row, bench, depth),
  };
}

async function allocated(row: RowKey, bench: Bench, depth: number): Promise<number> {
  const { own, sizes } = bench;
  const server = await bench.server(serverOf(row));
  await own.open(server, echoTask(bench, depth, 64));
  await own.run(sizes.ms / 2);
  await server.ask('countGarbage');
  const { operations } = await own.run(sizes.ms);
  const bytes = await server.ask('garbage');
  await own.close();
  return bytes / operations;
}
