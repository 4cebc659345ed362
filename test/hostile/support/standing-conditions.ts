import { Bystander } from './bystander.js';
import { Counters } from './counters.js';
import { eventually } from './eventually.js';
import type { HostileServer } from './hostile-server.js';
import { openDescriptors, residentBytes } from './process-usage.js';
import type { Transport } from './transport.js';

const ECHO_MS = 1000;
const GROWTH_BYTES = 96 * 1024 * 1024;

/** Counts as a test expects them: numbers, or something that matches any. */
export type ExpectedCounts = Readonly<Record<string, unknown>>;

/** What must be as before after every row, whatever it did. */
export class StandingConditions {
  private constructor(
    private readonly server: HostileServer,
    private readonly bystander: Bystander,
    private readonly counters: Counters,
    private readonly descriptors: number,
    private readonly memory: number,
  ) {}

  /** Looks at the server before an attack. */
  static async before(server: HostileServer, bystander: Bystander): Promise<StandingConditions> {
    await server.isLeftAlone();
    const descriptors = openDescriptors(server.pid);
    const counters = await Counters.read(server.metricsPort);
    return new StandingConditions(server, bystander, counters, descriptors, residentBytes(server.pid));
  }

  /** The process is alive, who was there is served as before, and so is who comes now. */
  async serves(transport: Transport): Promise<void> {
    expect(this.server.isAlive).toBe(true);
    expect(await this.bystander.echo()).toBeLessThan(ECHO_MS);
    const newcomer = await Bystander.arrive(this.server.port, transport);
    expect(await newcomer.echo()).toBeLessThan(ECHO_MS);
    await newcomer.leave();
  }

  /** Exactly these refusals were counted since, and no other. */
  async counted(expected: ExpectedCounts): Promise<void> {
    await eventually(async () => {
      const now = await Counters.read(this.server.metricsPort);
      expect(now.refusalsSince(this.counters)).toEqual(expected);
    });
  }

  /** No refusals were counted since but, maybe, these. */
  async countedOnly(allowed: readonly string[]): Promise<void> {
    const now = await Counters.read(this.server.metricsPort);
    expect(allowed).toEqual(expect.arrayContaining(Object.keys(now.refusalsSince(this.counters))));
  }

  /** These ends of sessions were counted since, maybe among others. */
  async ended(expected: ExpectedCounts): Promise<void> {
    await eventually(async () => {
      const now = await Counters.read(this.server.metricsPort);
      expect(now.endsSince(this.counters)).toMatchObject(expected);
    });
  }

  /** Every connection, session and descriptor of the attack is gone, and it has not left its memory behind. */
  async leavesNothing(): Promise<void> {
    const { pid } = this.server;
    await this.server.isLeftAlone();
    await eventually(async () => expect(openDescriptors(pid)).toBeLessThanOrEqual(this.descriptors));
    expect(residentBytes(pid) - this.memory).toBeLessThan(GROWTH_BYTES);
  }
}
