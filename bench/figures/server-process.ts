import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const MAIN = join(import.meta.dirname, '../../conformance/main.js');
const PRELOAD = new URL('server-preload.js', import.meta.url).href;

interface Started {
  readonly port: number;
  readonly pid: number;
  readonly metrics?: number;
}

/** The conformance server, in a process of its own. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly started: Started,
  ) {}

  /** Starts it on free ports; fulfils when it listens. */
  static async start(...flags: readonly string[]): Promise<ServerProcess> {
    const program = ['--expose-gc', '--import', PRELOAD, MAIN];
    const child = spawn(process.execPath, [...program, '--port', '0', '--metrics', '0', ...flags], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    for await (const line of createInterface(child.stdout as Readable))
      return new ServerProcess(child, JSON.parse(line) as Started);
    throw new Error('The server ended before it listened.');
  }

  get port(): number {
    return this.started.port;
  }

  get pid(): number {
    return this.started.pid;
  }

  get metricsPort(): number {
    return this.started.metrics ?? 0;
  }

  /** Lets it forget what it does not need; fulfils when it has. */
  async collectGarbage(): Promise<void> {
    const collected = once(this.child, 'message');
    this.child.send('collect');
    await collected;
  }

  /** Ends it, and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
