import { randomSeed, readNumbers } from '../endurance/command-line.js';
import { Prng } from '../fuzz/prng.js';
import { disorderIn } from './executed.js';
import { TalkRecord } from './record.js';
import { Servers } from './servers.js';
import { Talker } from './talker.js';

const MOST_PRINTED = 20;

const options = readNumbers(process.argv.slice(2), {
  minutes: 1,
  clients: 50,
  frontends: 2,
  backends: 2,
  seed: randomSeed(),
});

function connectAll({ frontends }: Servers, record: TalkRecord): Promise<Talker[]> {
  const connect = (_none: unknown, index: number): Promise<Talker> => {
    const name = `client${index}`;
    const port = frontends[index % frontends.length]?.port ?? 0;
    return Talker.connect(name, port, Prng.for(options.seed, name), record);
  };
  return Promise.all(Array.from({ length: options.clients }, connect));
}

/** Lets everybody talk, and looks at what the servers did; what must not happen, and did. */
async function run(servers: Servers): Promise<string[]> {
  const record = new TalkRecord();
  const talkers = await connectAll(servers, record);
  const startedAt = performance.now();
  await Promise.all(talkers.map((talker) => talker.talk(startedAt + options.minutes * 60_000)));
  const seconds = (performance.now() - startedAt) / 1000;
  await Promise.all(talkers.map((talker) => talker.leave()));
  console.log(record.describe(talkers.length, seconds));
  return [...record.failures, ...record.silence(), ...disorderIn(servers.backends, talkers)];
}

console.log(`seed ${options.seed}`);
const servers = await Servers.start(options.frontends, options.backends);
try {
  const failures = await run(servers);
  for (const failure of failures.slice(0, MOST_PRINTED)) console.log(`FAILED: ${failure}`);
  if (failures.length > MOST_PRINTED) console.log(`FAILED: and ${failures.length - MOST_PRINTED} more`);
  if (failures.length > 0) process.exitCode = 1;
} finally {
  await servers.close();
}
