import { readNumbers } from '../endurance/command-line.js';
import { AnswerCounter } from '../fleet/answer-counter.js';
import { Fleet } from '../fleet/fleet.js';
import { wrongExecutions } from '../fleet/ledgers.js';
import { line, section } from '../fleet/table.js';
import { Balancer } from './balancer.js';
import { Customer } from './customer.js';
import { Pacer } from './pacer.js';
import { RollingRecord } from './record.js';
import { Restarts } from './restarts.js';

const MOST_PRINTED = 20;

const options = readNumbers(process.argv.slice(2), {
  rounds: 20,
  clients: 1_000,
  rate: 200,
  frontends: 2,
  backends: 2,
});

/** Restarts everything while clients work, and judges what is left; what must not happen, and did. */
async function run(fleet: Fleet): Promise<string[]> {
  const record = new RollingRecord();
  const balancer = new Balancer(fleet.frontends);
  const answers = new AnswerCounter(balancer.transport);
  const arrive = (_none: unknown, index: number): Promise<Customer> =>
    Customer.arrive(`user${index}`, answers.transport, record);
  const customers = await Promise.all(Array.from({ length: options.clients }, arrive));
  const restarts = new Restarts(fleet, balancer, customers, record);
  const pacer = new Pacer(customers, options.rate);
  for (let round = 0; round < options.rounds; round += 1) await restarts.round();
  pacer.stop();
  await Promise.all(customers.map((customer) => customer.leave()));
  const wrong = wrongExecutions(fleet.everybody, record.outcomes);
  console.log(describe(customers.length, record, restarts));
  return [
    ...record.failures,
    ...wrong,
    ...(answers.repeated > 0 ? [`${answers.repeated} requests were answered more than once`] : []),
  ];
}

function describe(clients: number, record: RollingRecord, restarts: Restarts): string {
  return [
    ...section('asked for again, not executed', record.repeated),
    'all in all',
    line('clients', clients),
    line('servers restarted', restarts.count),
    line('connections moved', record.losses),
    line('requests acknowledged', [...record.outcomes.values()].filter((outcome) => outcome === 'ok').length),
    line('slowest of them, ms', Math.round(record.slowestMs)),
    line('slowest end, ms', Math.round(restarts.slowestEndMs)),
    line('all back after, ms', Math.round(restarts.slowestBackMs)),
  ].join('\n');
}

const fleet = await Fleet.start(options.frontends, options.backends);
try {
  const failures = await run(fleet);
  for (const failure of failures.slice(0, MOST_PRINTED)) console.log(`FAILED: ${failure}`);
  if (failures.length > MOST_PRINTED) console.log(`FAILED: and ${failures.length - MOST_PRINTED} more`);
  if (failures.length > 0) process.exitCode = 1;
} finally {
  await fleet.close();
}
