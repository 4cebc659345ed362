import { BenchProcess } from '../../process/bench-process.js';
import type { EchoSettings } from './echo-settings.js';
import type { LoadApi } from './load.js';

/** The process that answers. */
export interface EchoServerApi {
  /** Where its client finds it. */
  address(): string;
}

/** A way to ask another process. */
export interface EchoEngine {
  readonly name: string;
  /** Program that answers; `undefined` when the client does it itself. */
  readonly server?: string;
  /** Program that asks. */
  readonly client: string;
  readonly usesNats: boolean;
}

/** Every engine, by the name under which its programs know it. */
export const ECHO_ENGINES = {
  ours: { name: 'remote, NATS', server: 'remote', client: 'remote', usesNats: true },
  forwarded: { name: 'forwarded request, NATS', server: 'handler', client: 'frontend', usesNats: true },
  memory: { name: 'remote, memory driver', client: 'memory', usesNats: false },
  request: { name: 'nc.request()', server: 'request', client: 'request', usesNats: true },
  untraced: { name: 'nc.request(), noAsyncTraces', server: 'request', client: 'request', usesNats: true },
  nest: { name: 'Nest, NATS transport', server: 'nest', client: 'nest', usesNats: true },
  tcp: { name: 'TCP, a write a turn', server: 'tcp', client: 'tcp', usesNats: false },
} as const satisfies Readonly<Record<string, EchoEngine>>;

/** One of the engines. */
export type EngineKey = keyof typeof ECHO_ENGINES;

/** All of them, in the order of the table. */
export const ENGINE_KEYS = Object.keys(ECHO_ENGINES) as EngineKey[];

/** An engine whose processes run. */
export class RunningEngine {
  private constructor(
    readonly client: BenchProcess<LoadApi>,
    private readonly server: BenchProcess<EchoServerApi> | undefined,
    readonly usesNats: boolean,
  ) {}

  /** Starts its server, and then its client. */
  static async start(key: EngineKey, natsUrl: string): Promise<RunningEngine> {
    const { server, client, usesNats }: EchoEngine = ECHO_ENGINES[key];
    const settings: EchoSettings = { address: natsUrl, engine: key };
    if (server === undefined)
      return new RunningEngine(await askingProcess(client, settings), undefined, usesNats);
    const answering = await BenchProcess.start<EchoServerApi>(`cluster/echo/servers/${server}`, settings);
    const address = await answering.ask('address');
    const asking = await askingProcess(client, { ...settings, address });
    return new RunningEngine(asking, answering, usesNats);
  }

  /** Its processes, without the broker. */
  get pids(): number[] {
    return [this.client.pid, ...(this.server === undefined ? [] : [this.server.pid])];
  }

  async stop(): Promise<void> {
    await this.client.stop();
    await this.server?.stop();
  }
}

function askingProcess(program: string, settings: EchoSettings): Promise<BenchProcess<LoadApi>> {
  return BenchProcess.start<LoadApi>(`cluster/echo/clients/${program}`, settings);
}
