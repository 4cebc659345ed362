import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MemberProcess } from '../cluster/processes/member-process.js';
import { freePort, NatsProcess } from '../cluster/processes/nats-process.js';

const PROGRAM = fileURLToPath(new URL('../cluster/processes/main.js', import.meta.url));
/** A busy machine takes its time: what is measured here is the order. */
const LIMITS = { requestMs: 60_000, messagesPerSecond: 100_000, messageBurst: 100_000 };

/** A broker, frontends and back ends, each in a process of its own. */
export class Servers {
  private constructor(
    private readonly broker: NatsProcess,
    readonly frontends: readonly MemberProcess[],
    readonly backends: readonly MemberProcess[],
  ) {}

  static async start(frontends: number, backends: number): Promise<Servers> {
    const broker = new NatsProcess(await freePort(), 'nats', {});
    await broker.start();
    const members = (type: string, count: number): MemberProcess[] =>
      Array.from({ length: count }, (_none, index) => spawnMember(type, index + 1, broker.url));
    const servers = new Servers(broker, members('connector', frontends), members('chat', backends));
    await Promise.all(servers.everybody.map((member) => member.start()));
    return servers;
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await Promise.all(this.everybody.map((member) => member.close()));
    await this.broker.close();
  }

  private get everybody(): readonly MemberProcess[] {
    return [...this.frontends, ...this.backends];
  }
}

function spawnMember(type: string, number: number, url: string): MemberProcess {
  const settings = {
    id: `${type}-${number}`,
    types: [type],
    servers: [url],
    ledger: join(tmpdir(), `ledger-${randomUUID()}`),
    limits: LIMITS,
  };
  return MemberProcess.spawn(settings, { program: PROGRAM });
}
