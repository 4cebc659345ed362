import { cpuMicros } from '../../measure/cpu-time.js';
import { inTurn } from '../../measure/in-turn.js';
import { ratios, spreadOf } from '../../measure/spread.js';
import { short, tableLines } from '../../measure/table.js';
import type { Section, SectionReport, SectionSetup } from '../section.js';
import { FAN_OUT_BYTES, FanOutEngine, RECEIVERS } from './fan-out-engine.js';

/** Messages that are on their way at a time: each way has to tell rarely that it is done. */
const BURST = 1_000;
/** Messages that are published in one turn of the event loop: by a server that is idle, and by a busy one. */
const PACES = [1, 50] as const;
const HEAD = [
  `fan-out to ${RECEIVERS}`,
  'bytes',
  'pushes a turn',
  'CPU us/delivery',
  'of it broker',
  'deliveries/s',
];

type Pace = (typeof PACES)[number];

interface FanOutSample {
  readonly cpuMicros: number;
  readonly brokerMicros: number;
  readonly perSecond: number;
}

interface MeasuredWay {
  readonly name: string;
  readonly engine: FanOutEngine;
  readonly samples: Readonly<Record<Pace, FanOutSample[]>>;
}

/** One push to ten frontends, beside bare subscribers. */
export const fanOutSection: Section = {
  name: 'fan-out',
  async measure({ nats, rounds, ms }: SectionSetup): Promise<SectionReport> {
    const ours = await start('channel', 'push to a cluster-wide channel', nats.url);
    const bare = await start('bare', 'nats.js subscribers', nats.url);
    const ways = [ours, bare];
    for (const pace of PACES) for (const { engine } of ways) await measure(engine, nats.pid, pace, ms);
    for (let round = 0; round < rounds; round += 1)
      for (const pace of PACES)
        for (const { engine, samples } of inTurn(ways, round))
          samples[pace].push(await measure(engine, nats.pid, pace, ms));
    for (const { engine } of ways) await engine.stop();
    const bounds = PACES.map((pace) => ({
      what: `CPU of a delivery / nats.js subscribers, ${RECEIVERS} receivers, ${pace} a turn`,
      values: ratios(ours.samples[pace], bare.samples[pace], (sample) => sample.cpuMicros),
      atMost: 1.3,
    }));
    return { table: tableOf(ways), bounds };
  },
};

async function start(way: 'channel' | 'bare', name: string, natsUrl: string): Promise<MeasuredWay> {
  return { name, engine: await FanOutEngine.start(way, natsUrl), samples: { 1: [], 50: [] } };
}

async function measure(engine: FanOutEngine, broker: number, pace: Pace, ms: number): Promise<FanOutSample> {
  const pids = [...engine.pids, broker];
  const [cpuBefore, brokerBefore] = [cpuMicros(pids), cpuMicros([broker])];
  const startedAt = performance.now();
  let deliveries = 0;
  do {
    await engine.burst(BURST, pace);
    deliveries += BURST * RECEIVERS;
  } while (performance.now() - startedAt < ms);
  return {
    cpuMicros: (cpuMicros(pids) - cpuBefore) / deliveries,
    brokerMicros: (cpuMicros([broker]) - brokerBefore) / deliveries,
    perSecond: (deliveries * 1000) / (performance.now() - startedAt),
  };
}

function tableOf(ways: readonly MeasuredWay[]): string[] {
  const rows = PACES.flatMap((pace) =>
    ways.map(({ name, samples }) => {
      const median = (figure: keyof FanOutSample) =>
        short(spreadOf(samples[pace].map((one) => one[figure])).median);
      const figures = [median('cpuMicros'), median('brokerMicros'), median('perSecond')];
      return [name, String(FAN_OUT_BYTES), String(pace), ...figures];
    }),
  );
  return tableLines(HEAD, rows);
}
