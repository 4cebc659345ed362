import { cpuMicros } from '../../measure/cpu-time.js';
import { inTurn } from '../../measure/in-turn.js';
import { spreadOf } from '../../measure/spread.js';
import { short, tableLines } from '../../measure/table.js';
import type { BrokerProcess } from '../process/broker-process.js';
import type { Section, SectionReport, SectionSetup } from '../section.js';
import { echoBounds } from './echo-bounds.js';
import { ECHO_ENGINES, ENGINE_KEYS, RunningEngine, type EngineKey } from './echo-engine.js';
import { ECHO_CASES, EchoSamples, LARGEST_CASE, type EchoCase, type EchoSample } from './echo-samples.js';

const HEAD = ['echo', 'bytes', 'in flight', 'CPU us/op', 'of it broker', 'ops/s', 'RTT p50 us'];

/** Asking another server: a remote, a forwarded request, and what else there is. */
export const echoSection: Section = {
  name: 'echo',
  async measure({ nats, rounds, ms }: SectionSetup): Promise<SectionReport> {
    const engines = new Map<EngineKey, RunningEngine>();
    for (const key of ENGINE_KEYS) engines.set(key, await RunningEngine.start(key, nats.url));
    const samples = new EchoSamples();
    // What runs for the first time is compiled while it runs: that round does not count.
    await measureRound(engines, nats, new EchoSamples(), ms);
    for (let round = 0; round < rounds; round += 1)
      await measureRound(new Map(inTurn([...engines], round)), nats, samples, ms);
    for (const engine of engines.values()) await engine.stop();
    return { table: tableOf(samples), bounds: echoBounds(samples) };
  },
};

async function measureRound(
  engines: ReadonlyMap<EngineKey, RunningEngine>,
  nats: BrokerProcess,
  samples: EchoSamples,
  ms: number,
): Promise<void> {
  for (const [key, engine] of engines) {
    // While the others had their turn, its memory shrank to that of an idle process: the largest load makes it grow.
    await engine.client.ask('run', { ...LARGEST_CASE, ms });
    for (const load of ECHO_CASES.toReversed())
      samples.add(key, load, await measureCase(engine, nats, load, ms));
  }
}

async function measureCase(
  engine: RunningEngine,
  nats: BrokerProcess,
  load: EchoCase,
  ms: number,
): Promise<EchoSample> {
  const { pids, usesNats, client } = engine;
  const broker = usesNats ? [nats.pid] : [];
  const [cpuBefore, brokerBefore] = [cpuMicros([...pids, ...broker]), cpuMicros(broker)];
  const { operations, seconds, rttMicros } = await client.ask('run', { ...load, ms });
  return {
    cpuMicros: (cpuMicros([...pids, ...broker]) - cpuBefore) / operations,
    brokerMicros: (cpuMicros(broker) - brokerBefore) / operations,
    perSecond: operations / seconds,
    rttMicros,
  };
}

function tableOf(samples: EchoSamples): string[] {
  const rows = ECHO_CASES.flatMap(({ bytes, inFlight }) =>
    ENGINE_KEYS.map((key) => {
      const all = samples.of(key, bytes, inFlight);
      const median = (figure: keyof EchoSample) => short(spreadOf(all.map((one) => one[figure])).median);
      const figures = [median('cpuMicros'), median('brokerMicros'), median('perSecond'), median('rttMicros')];
      return [ECHO_ENGINES[key].name, String(bytes), String(inFlight), ...figures];
    }),
  );
  return tableLines(HEAD, rows);
}
