import { randomSeed, readNumbers } from '../endurance/command-line.js';
import { Prng } from '../fuzz/prng.js';
import { AnswerCounter } from '../fleet/answer-counter.js';
import { Faults } from './faults.js';
import { Fleet } from '../fleet/fleet.js';
import { callCounts, wrongExecutions } from '../fleet/ledgers.js';
import { Player } from './player.js';
import { PlayRecord } from './record.js';
import { tableOf } from './report.js';
import { SETTINGS } from './settings.js';
import { openCalls, wrongSessions } from './verdict.js';

const MOST_PRINTED = 20;

const options = readNumbers(process.argv.slice(2), {
  minutes: 2,
  users: 24,
  frontends: 3,
  backends: 3,
  seed: randomSeed(),
});

function playersOf(fleet: Fleet, record: PlayRecord, answers: AnswerCounter): Player[] {
  const ports = (): number[] => fleet.frontends.flatMap(({ member }) => (member.isAlive ? member.port : []));
  return Array.from({ length: options.users }, (_none, index) => {
    const uid = `user${index}`;
    return new Player(uid, ports, Prng.for(options.seed, uid), record, answers.transport);
  });
}

/** Plays while faults happen, and judges what is left; what must not happen, and did. */
async function run(fleet: Fleet): Promise<string[]> {
  const record = new PlayRecord();
  const answers = new AnswerCounter();
  const players = playersOf(fleet, record, answers);
  const faults = new Faults(fleet, Prng.for(options.seed, 'faults'));
  await faults.run(performance.now() + options.minutes * 60_000);
  await Promise.all(players.map((player) => player.rest()));
  const open = await openCalls(fleet);
  const sessions = await wrongSessions(fleet, players);
  await Promise.all(players.map((player) => player.leave()));
  const { everybody } = fleet;
  const executed = everybody.flatMap((member) => member.executed()).length;
  console.log(tableOf({ users: players.length, faults, record, calls: callCounts(everybody), executed }));
  return [
    ...faults.failures,
    ...record.failures,
    ...wrongExecutions(everybody, record.outcomes),
    ...sessions,
    ...(open > 0 ? [`${open} calls between servers have not ended`] : []),
    ...(answers.repeated > 0 ? [`${answers.repeated} requests were answered more than once`] : []),
  ];
}

console.log(`seed ${options.seed}`);
const fleet = await Fleet.start(options.frontends, options.backends, SETTINGS);
try {
  const failures = await run(fleet);
  for (const failure of failures.slice(0, MOST_PRINTED)) console.log(`FAILED: ${failure}`);
  if (failures.length > MOST_PRINTED) console.log(`FAILED: and ${failures.length - MOST_PRINTED} more`);
  if (failures.length > 0) process.exitCode = 1;
} finally {
  await fleet.close();
}
