import type { LoadTarget } from '../load/load-task.js';
import { BenchProcess } from '../process/bench-process.js';
import { freePort } from '../process/free-port.js';
import { kindOf, type ServerKey, type ServerKind } from './catalog.js';
import type { ServerAddress, ServerApi, ServerSettings } from './server-api.js';

const PRELOAD = new URL('preload.js', import.meta.url).href;

/** A server in a process of its own. */
export class RunningServer {
  private constructor(
    readonly kind: ServerKind,
    private readonly process: BenchProcess<ServerApi>,
  ) {}

  /** Starts it, on one core if there is one to spare, with options of Node; fulfils when it listens. */
  static async start(
    key: ServerKey,
    core: number | undefined,
    options: readonly string[] = [],
  ): Promise<RunningServer> {
    const kind = kindOf(key);
    const settings: ServerSettings = { port: await freePort(), transport: kind.transport };
    const node = ['--expose-gc', ...options, '--import', PRELOAD];
    const silent = kind.isPeer === true;
    return new RunningServer(kind, await BenchProcess.start(kind.program, settings, { node, core, silent }));
  }

  get pid(): number {
    return this.process.pid;
  }

  /** Where the load goes. */
  get target(): LoadTarget {
    const { port } = this.process.greeting as ServerAddress;
    return { port, protocol: this.kind.protocol, isWebSocket: this.kind.transport === 'ws' };
  }

  /** Asks what every server can be asked. */
  ask(method: keyof ServerApi): Promise<number> {
    return this.process.ask(method) as Promise<number>;
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}
