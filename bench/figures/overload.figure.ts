import { twoCores } from '../measure/cores.js';
import type { Figure } from './figure.js';
import type { Transport } from './light-client.js';
import { Crowd, type Stretch } from './overload/crowd.js';
import { PinnedServer } from './overload/pinned-server.js';
import { percentile } from './percentile.js';
import { peakBytes, forgetPeak, residentBytes } from './process-status.js';
import type { ServerProcess } from './server-process.js';

const ROUNDS = 3;
const STRETCH_MS = 2_500;
const TIMES_TOO_MUCH = 2;
const MEBIBYTE = 1024 * 1024;

interface Round {
  readonly peak: Stretch;
  readonly twice: Stretch;
  /** Resident memory of the server, at its peak, over what it had before the load was doubled. */
  readonly grownBytes: number;
}

/** Twice as much load as the server can take, with shedding and without. */
export async function measureOverload(
  _idle: ServerProcess,
  transport: Transport,
  clients: number,
): Promise<Figure> {
  const shed = await measureRounds('on', transport, clients);
  const [unshed] = (await measureRounds('off', transport, clients, 1)) as [Round];
  const ratio = median(shed.map(({ peak, twice }) => twice.goodput / peak.goodput));
  const of = (pick: (round: Round) => number): number => median(shed.map(pick));
  return {
    measures: [
      { what: 'peak', value: Math.round(of(({ peak }) => peak.goodput)), unit: 'req/s' },
      { what: 'goodput missing at twice the peak', value: 100 * (1 - ratio), unit: '%', atMost: 20 },
      { what: 'its p99', value: of(({ twice }) => twice.p99Ms), unit: 'ms' },
      { what: 'answered 429', value: Math.round(of(({ twice }) => twice.refused)), unit: '/s' },
      { what: 'late or unsent', value: Math.round(of(({ twice }) => twice.useless)), unit: '/s' },
      {
        what: 'memory grew by',
        value: of(({ grownBytes }) => grownBytes) / MEBIBYTE,
        unit: 'MiB',
        atMost: 32,
      },
      {
        what: 'missing without shedding',
        value: 100 * (1 - unshed.twice.goodput / unshed.peak.goodput),
        unit: '%',
      },
    ],
    note: twoCores() === undefined ? 'there is no core for the server alone: it had every core' : undefined,
  };
}

async function measureRounds(
  overload: 'on' | 'off',
  transport: Transport,
  clients: number,
  rounds = ROUNDS,
): Promise<Round[]> {
  const server = await PinnedServer.start(overload);
  try {
    const crowd = await Crowd.connect(server.port, transport, clients);
    const done: Round[] = [];
    while (done.length < rounds) done.push(await measureRound(server, crowd));
    crowd.leave();
    return done;
  } finally {
    await server.stop();
  }
}

async function measureRound({ pid }: PinnedServer, crowd: Crowd): Promise<Round> {
  const peak = await crowd.saturate(STRETCH_MS);
  const before = residentBytes(pid);
  forgetPeak(pid);
  const twice = await crowd.press(TIMES_TOO_MUCH * peak.goodput, STRETCH_MS);
  const grownBytes = peakBytes(pid) - before;
  await crowd.rest(STRETCH_MS);
  return { peak, twice, grownBytes };
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
