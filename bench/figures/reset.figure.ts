import { eventually } from './eventually.js';
import type { Figure } from './figure.js';
import { FleetProcess } from './fleet-process.js';
import { LightClient, type Transport } from './light-client.js';
import { liveBytes } from './live-memory.js';
import { openDescriptors, residentBytes } from './process-status.js';
import type { ServerProcess } from './server-process.js';

const ROUNDS = 3;
/** Fewer weigh less than garbage that has not been collected yet. */
const ENOUGH_TO_WEIGH = 10_000;
const ALL_GONE_MS = 30_000;

interface Round {
  readonly failures: number;
  readonly firstFailure: string | undefined;
  /** Memory of the server while all are connected, in bytes. */
  readonly held: number;
  /** The same without garbage. */
  readonly live: number;
  /** The longest that a newcomer waited until it was served, in ms. */
  readonly newcomerMs: number;
}

/** Everybody comes, all connections are reset at once, and everybody comes again. */
export async function measureReset(
  server: ServerProcess,
  transport: Transport,
  count: number,
): Promise<Figure> {
  await visit(server, transport);
  const emptyBytes = residentBytes(server.pid);
  const fleet = new FleetProcess();
  const rounds: Round[] = [];
  try {
    while (rounds.length < ROUNDS) rounds.push(await playRound(server, fleet, transport, count));
  } finally {
    fleet.stop();
  }
  return describe(rounds, emptyBytes, count);
}

async function playRound(
  server: ServerProcess,
  fleet: FleetProcess,
  transport: Transport,
  count: number,
): Promise<Round> {
  const { port, pid } = server;
  const before = openDescriptors(pid);
  const { failures, firstFailure } = await fleet.open({ port, transport, count });
  const held = residentBytes(pid);
  const live = await liveBytes(server);
  const newcomerMs = await resetAndVisit(server, fleet, transport, before);
  return { failures, firstFailure, held, live, newcomerMs };
}

/** Lets newcomers in one after the other, until nothing is left of the fleet; gives the longest wait, in ms. */
async function resetAndVisit(
  server: ServerProcess,
  fleet: FleetProcess,
  transport: Transport,
  descriptors: number,
): Promise<number> {
  let isReset = false;
  let longestMs = 0;
  const reset = fleet.reset().then(() => (isReset = true));
  const isOver = async (): Promise<boolean> => {
    longestMs = Math.max(longestMs, await visit(server, transport));
    return isReset && openDescriptors(server.pid) <= descriptors;
  };
  const isGone = await eventually(isOver, ALL_GONE_MS);
  await reset;
  if (!isGone) throw new Error('the server keeps descriptors of connections that are gone');
  return longestMs;
}

/** One newcomer: gives the time until its first request was answered, in ms. */
async function visit({ port }: ServerProcess, transport: Transport): Promise<number> {
  const client = new LightClient(port, transport);
  await client.working;
  const took = performance.now() - client.startedAt;
  client.reset();
  return took;
}

function describe(rounds: readonly Round[], emptyBytes: number, count: number): Figure {
  const [first, second, third] = rounds;
  const each = ((first?.held ?? Number.NaN) - emptyBytes) / count / 1024;
  const growth = ((third?.live ?? Number.NaN) / (second?.live ?? Number.NaN) - 1) * 100;
  const newcomerMs = Math.max(...rounds.map((round) => round.newcomerMs));
  return {
    measures: [
      { what: 'sessions', value: count },
      { what: 'errors', value: rounds.reduce((sum, { failures }) => sum + failures, 0), atMost: 0 },
      { what: 'newcomer served after', value: newcomerMs, unit: 'ms', atMost: 500, dependsOnSpeed: true },
      {
        what: 'a connection holds',
        value: each,
        unit: 'KiB',
        atMost: count >= ENOUGH_TO_WEIGH ? 24 : undefined,
      },
      { what: 'third round over second', value: growth, unit: '%', atMost: 5 },
    ],
    note: rounds.find(({ firstFailure }) => firstFailure !== undefined)?.firstFailure,
  };
}
