import { CutWatch } from './cut-watch.js';
import { eventually } from './eventually.js';
import type { Figure } from './figure.js';
import type { Fleet } from './fleet.js';
import type { LightClient, Transport } from './light-client.js';
import { request } from './packages.js';
import type { ServerProcess } from './server-process.js';
import { weighSlowPeers } from './slow-peers.js';

/** More than the system keeps for a peer and the server may, and within `limits.messageBurst`. */
const REQUESTS = 200;
const BODY_BYTES = 60_000;
const ECHO = request(1, 'connector.echoHandler.echo', 'x'.repeat(BODY_BYTES));
const ANSWERED_MS = 30_000;
/** The server waits 10 s, and then looks once a second. */
const CUT_MS = 20_000;

/** Peers that ask for much and read none of the answers. */
export function measureSlowAnswers(
  server: ServerProcess,
  transport: Transport,
  count: number,
): Promise<Figure> {
  return weighSlowPeers(
    server,
    { transport, count },
    { read: askAndRead, miss: (fleet) => askOnly(server, fleet) },
  );
}

async function askOnly(server: ServerProcess, { clients }: Fleet): Promise<number> {
  for (const client of clients) client.stopReading();
  const watch = new CutWatch(server, 'slow_reader', clients.length);
  ask(clients);
  await watch.wait(CUT_MS);
  return watch.left;
}

async function askAndRead({ clients }: Fleet): Promise<void> {
  let answers = 0;
  for (const client of clients)
    client.onMessage = ({ length }) => {
      if (length > BODY_BYTES) answers += 1;
    };
  ask(clients);
  const areAnswered = await eventually(() => answers === clients.length * REQUESTS, ANSWERED_MS);
  if (!areAnswered) throw new Error(`only ${answers} answers came`);
}

function ask(clients: readonly LightClient[]): void {
  for (const client of clients) client.send(ECHO, REQUESTS);
}
