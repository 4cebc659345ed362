import { cpuMicros } from '../../measure/cpu-time.js';
import { inTurn } from '../../measure/in-turn.js';
import { spreadOf } from '../../measure/spread.js';
import { short, tableLines } from '../../measure/table.js';
import type { BrokerProcess } from '../process/broker-process.js';
import type { Section, SectionReport, SectionSetup } from '../section.js';
import { LoginCluster, type BindingEngine } from './login-cluster.js';

const HEAD = ['logins, one session a user', 'logins/s', 'CPU us/login', 'of it broker'];
const KINDS = ['plain', '12 racing for a user'] as const;

interface LoginSample {
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly brokerMicros: number;
}

interface MeasuredStore {
  readonly name: string;
  readonly cluster: LoginCluster;
  readonly broker: BrokerProcess;
  readonly samples: Readonly<Record<(typeof KINDS)[number], LoginSample[]>>;
}

/** Logins on four frontends, with the bindings on either store. */
export const loginsSection: Section = {
  name: 'logins',
  async measure({ nats, redis, rounds, ms }: SectionSetup): Promise<SectionReport> {
    const stores = [await start('nats', 'NATS KV', nats), await start('redis', 'Redis', redis)];
    for (const store of stores) for (const kind of KINDS) await measure(store, kind, ms);
    for (let round = 0; round < rounds; round += 1)
      for (const store of inTurn(stores, round))
        for (const kind of KINDS) store.samples[kind].push(await measure(store, kind, ms));
    for (const { cluster } of stores) await cluster.stop();
    const bounds = stores.map(({ name, cluster }) => ({
      what: `users without exactly one session after a race, ${name}`,
      values: [cluster.wrongUsers],
      atMost: 0,
    }));
    return { table: tableOf(stores), bounds };
  },
};

async function start(engine: BindingEngine, name: string, broker: BrokerProcess): Promise<MeasuredStore> {
  const cluster = await LoginCluster.start(engine, broker.url);
  return { name, cluster, broker, samples: { plain: [], '12 racing for a user': [] } };
}

async function measure(
  { cluster, broker }: MeasuredStore,
  kind: (typeof KINDS)[number],
  ms: number,
): Promise<LoginSample> {
  const pids = [...cluster.pids, broker.pid];
  const [cpuBefore, brokerBefore] = [cpuMicros(pids), cpuMicros([broker.pid])];
  const startedAt = performance.now();
  const logins = kind === 'plain' ? await cluster.logIn(ms) : await raceFor(cluster, startedAt + ms);
  return {
    perSecond: (logins * 1000) / (performance.now() - startedAt),
    cpuMicros: (cpuMicros(pids) - cpuBefore) / logins,
    brokerMicros: (cpuMicros([broker.pid]) - brokerBefore) / logins,
  };
}

async function raceFor(cluster: LoginCluster, endsAt: number): Promise<number> {
  let logins = 0;
  do logins += await cluster.race();
  while (performance.now() < endsAt);
  return logins;
}

function tableOf(stores: readonly MeasuredStore[]): string[] {
  const rows = stores.flatMap(({ name, samples }) =>
    KINDS.map((kind) => {
      const median = (figure: keyof LoginSample) =>
        short(spreadOf(samples[kind].map((one) => one[figure])).median);
      return [`${kind}, ${name}`, median('perSecond'), median('cpuMicros'), median('brokerMicros')];
    }),
  );
  return tableLines(HEAD, rows);
}
