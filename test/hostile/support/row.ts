import type { HostileSettings } from '../server/settings.js';
import { certificate } from '../../support/tls-files.js';
import { type HostileRow, ROWS } from '../rows.js';
import { Bystander } from './bystander.js';
import { HostileClient } from './hostile-client.js';
import { HostileServer } from './hostile-server.js';
import { usedCpuMs } from './process-usage.js';
import { type ExpectedCounts, StandingConditions } from './standing-conditions.js';
import { labelOf, type Transport } from './transport.js';

/** What an attack has at hand. */
export interface Attack {
  readonly transport: Transport;
  readonly server: HostileServer;
  /** Was there before the attack. */
  readonly bystander: Bystander;
  /** Connects, over WebSocket with more header lines; the connection is gone when the row is over. */
  readonly connect: (headers?: readonly string[]) => Promise<HostileClient>;
  /** Connects and shakes hands. */
  readonly working: () => Promise<HostileClient>;
  /** Somebody well-behaved comes, asks and leaves. */
  readonly newcomer: () => Promise<void>;
  /** How much the server works until it has answered somebody, in ms of its CPU time. */
  readonly workUntil: (answered: Promise<unknown>) => Promise<number>;
}

/** What a row of the table asks for. */
export interface RowOptions {
  /** Default those of the table. */
  readonly transports?: readonly Transport[];
  /** Which of several attacks of this row. */
  readonly variant?: string;
  /** How often each reason is counted, and no other. Default that of the table, once. */
  readonly counts?: ExpectedCounts;
  /** In place of `counts` where it depends on the system who is faster: what may be counted, and nothing else. */
  readonly mayCount?: readonly string[];
  /** The label under which it is counted. Default that of the transport. */
  readonly label?: string;
  /** Why sessions end, and how often. Default not looked at. */
  readonly ends?: ExpectedCounts;
}

/** A number that depends on how the attack went. */
export const SOME: unknown = expect.any(Number);

/** Tries one row of the table on each of its transports. */
export type Row = (number: number, options: RowOptions, attack: (attack: Attack) => Promise<unknown>) => void;

/** Starts a server for the tests of this block. What it gives makes tests, each of which holds the standing conditions. */
export function attackedServer(settings: HostileSettings = {}): { readonly row: Row } {
  let server: HostileServer | undefined;
  let bystander: Bystander | undefined;
  beforeAll(async () => {
    server = await HostileServer.start({ certificate: certificate('server'), ...settings });
    bystander = await Bystander.arrive(server.port);
  });
  afterAll(async () => {
    await bystander?.leave();
    await server?.kill();
  });
  const row: Row = (number, options, attack) => {
    for (const transport of options.transports ?? rowOf(number).transports) {
      it(titleOf(number, transport, options.variant), async () => {
        if (server === undefined || bystander === undefined) throw new Error('The server did not start.');
        await tryRow(new RunningAttack(server, bystander, transport), number, options, attack);
      });
    }
  };
  return { row };
}

async function tryRow(
  running: RunningAttack,
  number: number,
  options: RowOptions,
  attack: (attack: Attack) => Promise<unknown>,
): Promise<void> {
  const { server, bystander, transport } = running;
  const conditions = await StandingConditions.before(server, bystander);
  try {
    await attack(running);
  } finally {
    await running.retreat();
  }
  await conditions.serves(transport);
  await conditions.leavesNothing();
  await countedAsExpected(conditions, number, transport, options);
  if (options.ends !== undefined) await conditions.ended(labelled(options.ends, labelOf(transport)));
}

/** The title of a test of a row. */
export function titleOf(number: number, transport: Transport, variant?: string): string {
  const details = variant === undefined ? transport : `${variant}, ${transport}`;
  return `row ${number}: ${rowOf(number).name} (${details})`;
}

function rowOf(number: number): HostileRow {
  const row = ROWS.get(number);
  if (row === undefined) throw new Error(`The table has no row ${number}.`);
  return row;
}

async function countedAsExpected(
  conditions: StandingConditions,
  number: number,
  transport: Transport,
  { counts, mayCount, label = labelOf(transport) }: RowOptions,
): Promise<void> {
  const { counter } = rowOf(number);
  const expected = counts ?? (counter === undefined ? {} : { [counter]: 1 });
  if (mayCount === undefined) await conditions.counted(labelled(expected, label));
  else await conditions.countedOnly(mayCount);
}

function labelled(counts: ExpectedCounts, label: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(counts).map(([reason, count]) => [`${reason} ${label}`, count]));
}

class RunningAttack implements Attack {
  private readonly clients: HostileClient[] = [];

  constructor(
    readonly server: HostileServer,
    readonly bystander: Bystander,
    readonly transport: Transport,
  ) {}

  readonly connect = async (headers: readonly string[] = []): Promise<HostileClient> => {
    const client = await HostileClient.open(this.server.port, this.transport, headers);
    this.clients.push(client);
    return client;
  };

  readonly working = async (): Promise<HostileClient> => (await this.connect()).work();

  readonly newcomer = async (): Promise<void> => {
    const newcomer = await Bystander.arrive(this.server.port, this.transport);
    await newcomer.echo();
    await newcomer.leave();
  };

  readonly workUntil = async (answered: Promise<unknown>): Promise<number> => {
    const before = usedCpuMs(this.server.pid);
    await answered;
    return usedCpuMs(this.server.pid) - before;
  };

  /** Ends every connection of the attack. */
  async retreat(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
  }
}
