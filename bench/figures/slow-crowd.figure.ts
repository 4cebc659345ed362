import { BroadcastReaders } from './broadcast-readers.js';
import { CutWatch } from './cut-watch.js';
import type { Figure } from './figure.js';
import { Fleet, type FleetOrder } from './fleet.js';
import { LightClient, type Transport } from './light-client.js';
import { broadcast } from './numbered-pushes.js';
import { JOIN } from './packages.js';
import { forgetPeak, peakBytes } from './process-status.js';
import type { ServerProcess } from './server-process.js';

const FILLER_BYTES = 60_000;
/** Pushes that the readers may be behind: less than the server would call slow. */
const WINDOW = 2;
/** Twice what the system keeps for a peer and the server may. */
const MOST_PUSHES = 240;
const ARRIVED_MS = 20_000;
const CUT_MS = 30_000;
const MEBIBYTE = 1024 * 1024;
/** Beyond it the target is missed, and the machine may be in danger. */
const TOO_MUCH_BYTES = 4096 * MEBIBYTE;

/** Half of the clients of a room read, half do not. */
export async function measureSlowCrowd(
  server: ServerProcess,
  transport: Transport,
  count: number,
): Promise<Figure> {
  const { port, pid } = server;
  const publisher = await new LightClient(port, transport).working;
  const readers = await enterRoom({ port, transport, count: Math.ceil(count / 2) });
  const slow = await enterRoom({ port, transport, count: Math.floor(count / 2) });
  for (const client of slow.clients) client.stopReading();
  forgetPeak(pid);
  const reading = new BroadcastReaders(readers.clients);
  const watch = new CutWatch(server, 'slow_consumer', slow.clients.length);
  await broadcastUntilCut(server, publisher, reading, watch);
  const figure = describe(count, peakBytes(pid), reading, watch);
  for (const client of [...readers.clients, ...slow.clients, publisher]) client.reset();
  return figure;
}

async function enterRoom(order: FleetOrder): Promise<Fleet> {
  const fleet = await Fleet.open(order);
  if (fleet.firstFailure !== undefined) throw new Error(fleet.firstFailure);
  await Promise.all(fleet.clients.map((client) => client.ask(JOIN)));
  return fleet;
}

/** Broadcasts as fast as the readers read, until the slow ones are dropped; then the readers get the rest. */
async function broadcastUntilCut(
  { pid }: ServerProcess,
  publisher: LightClient,
  reading: BroadcastReaders,
  watch: CutWatch,
): Promise<void> {
  while (reading.sent < MOST_PUSHES && peakBytes(pid) < TOO_MUCH_BYTES) {
    publisher.send(broadcast(reading.sent, FILLER_BYTES));
    reading.sent += 1;
    if (!(await reading.haveRead(reading.sent - WINDOW, ARRIVED_MS))) break;
    if (await watch.lookNowAndThen()) break;
  }
  await reading.haveRead(reading.sent, ARRIVED_MS);
  await watch.wait(CUT_MS);
}

function describe(
  clients: number,
  peak: number,
  { sent, lost }: BroadcastReaders,
  { left, seconds }: CutWatch,
): Figure {
  return {
    measures: [
      { what: 'clients', value: clients },
      { what: 'pushes', value: sent },
      { what: 'peak of the server', value: peak / MEBIBYTE, unit: 'MiB', atMost: 1024 },
      { what: 'slow ones dropped after', value: seconds, unit: 's', atMost: 10, dependsOnSpeed: true },
      { what: 'not dropped', value: left, atMost: 0 },
      { what: 'lost by readers', value: lost, atMost: 0 },
    ],
  };
}
