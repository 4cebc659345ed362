import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from './until.js';

const script = fileURLToPath(new URL('../../scripts/demo-cluster.mjs', import.meta.url));

/** The processes of the demo, by the names under which they are told of. */
export type ClusterProcess = 'nats' | 'gate-1' | 'connector-1' | 'connector-2' | 'chat-1' | 'chat-2';

/** `npm run demo:cluster` with the built demo, on free ports. */
export class DemoCluster {
  private readonly lines: string[] = [];
  private readonly ended: Promise<unknown>;

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    this.ended = once(child, 'close');
    for (const output of [child.stdout, child.stderr])
      createInterface(output).on('line', (line) => this.lines.push(line));
  }

  /** Starts it; fulfils when it says where the page is. */
  static async start(): Promise<DemoCluster> {
    const env = { ...process.env, NO_COLOR: '1', PORT: '0' };
    const cluster = new DemoCluster(spawn(process.execPath, [script], { env }));
    try {
      await until(() => cluster.url !== '' || cluster.child.exitCode !== null);
      if (cluster.url !== '') return cluster;
    } catch {
      await cluster.end('SIGTERM');
    }
    throw new Error(`The demo did not start:\n${cluster.lines.join('\n')}`);
  }

  /** Where the page is; empty until it is told. */
  get url(): string {
    return this.found(/^Chat: (\S+)$/).at(-1) ?? '';
  }

  /** Where a server other than the gate listens. */
  urlOf(name: string): string {
    return this.found(new RegExp(`^${name} \\| .* listens: (\\S+)$`)).at(-1) ?? '';
  }

  /** Port of the gate. */
  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Every process that was ever started. */
  pids(name = String.raw`[\w-]+`): number[] {
    return this.found(new RegExp(`^${name} started \\(pid (\\d+)\\)$`)).map(Number);
  }

  /** Kills a process that knows nothing of it; fulfils when it runs again. */
  async kill(name: ClusterProcess): Promise<void> {
    const pids = this.pids(name);
    process.kill(pids.at(-1) ?? 0, 'SIGKILL');
    const toldSo = `${name} died (SIGKILL): starting it again`;
    await until(() => this.lines.includes(toldSo) && this.pids(name).length > pids.length);
  }

  /** Sends a signal to the script alone, and waits for its end; gives the exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    await this.ended;
    return this.child.exitCode;
  }

  private found(pattern: RegExp): string[] {
    return this.lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
  }
}
