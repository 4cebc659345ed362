import { MemberProcess } from '#built/cluster/processes/member-process.js';
import { freePort, NatsProcess } from '#built/cluster/processes/nats-process.js';
import { PomeloClient } from 'nestjs-pomelo-client';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';

const PROGRAM = join(import.meta.dirname, '../../cluster/processes/main.js');
const ACQUAINTED_MS = 20_000;

/** A broker, and servers with their default limits, each in a process of its own. */
export class ClusterStage {
  private readonly clients: PomeloClient[] = [];

  private constructor(
    readonly broker: NatsProcess,
    private readonly members: ReadonlyMap<string, MemberProcess>,
  ) {}

  /** Starts servers, whose types their ids begin with; fulfils when all know each other. */
  static async start(ids: readonly string[]): Promise<ClusterStage> {
    const broker = new NatsProcess(await freePort(), 'nats', {});
    await broker.start();
    const stage = new ClusterStage(broker, new Map(ids.map((id) => [id, spawn(id, broker.url)])));
    await Promise.all(stage.everybody.map((member) => member.start()));
    if (!(await eventually(() => stage.isAcquainted(), ACQUAINTED_MS, 50)))
      throw new Error('the servers do not find each other');
    return stage;
  }

  /** Every server that was started. */
  get everybody(): readonly MemberProcess[] {
    return [...this.members.values()];
  }

  /** The server with this id. */
  member(id: string): MemberProcess {
    const member = this.members.get(id);
    if (member === undefined) throw new Error(`there is no ${id}`);
    return member;
  }

  /** Connects a client to a frontend. */
  async client(id: string): Promise<PomeloClient> {
    const { port } = this.member(id);
    const client = await PomeloClient.connect(
      { protocol: 'tcp', host: '127.0.0.1', port },
      { errors: 'return', requestTimeoutMs: 60_000 },
    );
    this.clients.push(client);
    return client;
  }

  /** How often a server that still runs has taken another one for gone. */
  async leaves(): Promise<number> {
    const running = this.everybody.filter(({ isAlive }) => isAlive);
    const seen = await Promise.all(running.map((member) => member.ask('events')));
    return seen.flat().filter(({ event }) => event === 'leave').length;
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    await Promise.all(this.everybody.map((member) => member.close()));
    await this.broker.close();
  }

  private async isAcquainted(): Promise<boolean> {
    const met = await Promise.all(
      this.everybody.map(async (member) => {
        const events = await member.ask('events');
        return new Set(events.flatMap(({ event, id }) => (event === 'join' ? id : [])));
      }),
    );
    return met.every((ids) => ids.size >= this.members.size - 1);
  }
}

function spawn(id: string, url: string): MemberProcess {
  const settings = {
    id,
    types: [id.slice(0, id.indexOf('-'))],
    servers: [url],
    ledger: join(tmpdir(), `ledger-${randomUUID()}`),
    single: 'kickOld',
  } as const;
  return MemberProcess.spawn(settings, { program: PROGRAM });
}

/** Starts servers for one measurement, and ends them after it. */
export async function onStage<T>(
  ids: readonly string[],
  measure: (stage: ClusterStage) => Promise<T>,
): Promise<T> {
  const stage = await ClusterStage.start(ids);
  try {
    return await measure(stage);
  } finally {
    await stage.close();
  }
}
