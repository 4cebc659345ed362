import { CutWatch } from './cut-watch.js';
import { eventually } from './eventually.js';
import type { Figure } from './figure.js';
import type { Fleet } from './fleet.js';
import { LightClient, type Transport } from './light-client.js';
import { JOIN, request } from './packages.js';
import type { ServerProcess } from './server-process.js';
import { weighSlowPeers } from './slow-peers.js';

/** Pushes of one turn: some of them leave in one write, which no other peer shares. */
const PUSHES = 4;
const BLAST = request(1, 'connector.echoHandler.blast', { n: PUSHES, size: 60_000 });
const BLASTS_READ = 40;
/** Three times what the system keeps for a peer and the server may. */
const MOST_BLASTS = 100;
const ARRIVED_MS = 30_000;
const CUT_MS = 2_000;

/** Peers that are pushed much and read none of it. */
export async function measureSlowBroadcasts(
  server: ServerProcess,
  transport: Transport,
  count: number,
): Promise<Figure> {
  const publisher = await new LightClient(server.port, transport).working;
  const figure = await weighSlowPeers(
    server,
    { transport, count },
    {
      read: (fleet) => blastAndRead(publisher, fleet),
      miss: (fleet) => blastOnly(server, publisher, fleet),
    },
  );
  publisher.reset();
  return figure;
}

async function blastOnly(server: ServerProcess, publisher: LightClient, { clients }: Fleet): Promise<number> {
  await Promise.all(clients.map((client) => client.ask(JOIN)));
  for (const client of clients) client.stopReading();
  const watch = new CutWatch(server, 'slow_consumer', clients.length);
  for (let blasts = 0; blasts < MOST_BLASTS; blasts += 1) {
    await publisher.ask(BLAST);
    if (await watch.lookNowAndThen()) break;
  }
  await watch.wait(CUT_MS);
  return watch.left;
}

async function blastAndRead(publisher: LightClient, { clients }: Fleet): Promise<void> {
  await Promise.all(clients.map((client) => client.ask(JOIN)));
  let pushes = 0;
  for (const client of clients) client.onMessage = () => (pushes += 1);
  for (let blasts = 1; blasts <= BLASTS_READ; blasts += 1) {
    await publisher.ask(BLAST);
    const haveArrived = await eventually(() => pushes === blasts * PUSHES * clients.length, ARRIVED_MS);
    if (!haveArrived) throw new Error(`only ${pushes} pushes came`);
  }
}
