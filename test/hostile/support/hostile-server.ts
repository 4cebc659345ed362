import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Counters } from './counters.js';
import { eventually } from './eventually.js';
import type { HostileSettings, Obituary, ServerStarted } from '../server/settings.js';

const MAIN = fileURLToPath(new URL('../../../dist/hostile/main.js', import.meta.url));

/** The server under attack, in a process of its own. */
export class HostileServer {
  /** Fulfils with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly started: ServerStarted,
    private readonly lines: readonly string[],
  ) {
    this.ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  }

  /** Starts it; fulfils when it listens. Rejects with what it logged when it does not. */
  static async start(settings: HostileSettings): Promise<HostileServer> {
    const child = spawn(process.execPath, [MAIN, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    const lines: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => lines.push(text));
    for await (const line of createInterface(child.stdout)) {
      child.stdout.resume();
      return new HostileServer(child, JSON.parse(line) as ServerStarted, lines);
    }
    child.kill('SIGKILL');
    throw new Error(`The server did not start: ${lines.join('')}`);
  }

  get port(): number {
    return this.started.port;
  }

  get metricsPort(): number {
    return this.started.metrics;
  }

  get pid(): number {
    return this.started.pid;
  }

  /** Its log. */
  get log(): string {
    return this.lines.join('');
  }

  /** What it has left behind when it has ended. */
  async obituary(): Promise<Obituary> {
    await this.ended;
    return JSON.parse(this.log.trimEnd().split('\n').at(-1) ?? '') as Obituary;
  }

  /** How many connections and sessions it counts. */
  async gauges(): Promise<Readonly<Record<string, number>>> {
    return (await Counters.read(this.metricsPort)).gauges;
  }

  /** Fulfils when it has no connection and no session but those of the bystander. */
  async isLeftAlone(): Promise<void> {
    await eventually(async () => expect(await this.gauges()).toEqual({ connections: 1, sessions: 1 }));
  }

  /** It has not ended. */
  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Ends it, and waits until it is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | string> {
    if (this.isAlive) this.child.kill(signal);
    return this.ended;
  }
}
