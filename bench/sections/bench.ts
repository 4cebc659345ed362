import type { LoadGenerator, OwnGenerator } from '../load/load-generator.js';
import type { LoadTask } from '../load/load-task.js';
import type { Cores } from '../measure/cores.js';
import type { ServerKey } from '../servers/catalog.js';
import { RunningServer } from '../servers/running-server.js';

/** How much is measured. */
export interface BenchSizes {
  /** Length of one measurement, in ms. */
  readonly ms: number;
  /** Of an echo. */
  readonly connections: number;
  /** Of a channel. */
  readonly members: number;
  /** Idle connections. */
  readonly idle: number;
  /** Requests a second of the open loop. */
  readonly rate: number;
}

/** What sections measure with. */
export class Bench {
  private readonly servers = new Map<ServerKey, RunningServer>();

  constructor(
    readonly sizes: BenchSizes,
    readonly cores: Cores | undefined,
    /** That of the benchmark. */
    readonly own: OwnGenerator,
    /** Makes the load of which the CPU time is measured. */
    readonly generator: LoadGenerator,
  ) {}

  /** A server that has run since it was first asked for. */
  async server(key: ServerKey): Promise<RunningServer> {
    const known = this.servers.get(key);
    if (known !== undefined) return known;
    const started = await this.fresh(key);
    this.servers.set(key, started);
    return started;
  }

  /** A new one, with options of Node, which the caller stops. */
  fresh(key: ServerKey, options?: readonly string[]): Promise<RunningServer> {
    return RunningServer.start(key, this.cores?.server, options);
  }

  /** CPU time of an operation, in microseconds. */
  async cpu(key: ServerKey, task: LoadTask): Promise<number> {
    const { cpuMicros } = await this.generator.measure(await this.server(key), task, this.sizes.ms);
    return cpuMicros;
  }

  /** Median time until an answer, in microseconds. */
  async latency(key: ServerKey, task: LoadTask): Promise<number> {
    const { p50Micros } = await this.generator.measure(await this.server(key), task, this.sizes.ms);
    return p50Micros;
  }

  /** Stops the servers of a section. */
  async stopServers(): Promise<void> {
    for (const server of this.servers.values()) await server.stop();
    this.servers.clear();
  }
}
