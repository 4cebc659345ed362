import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { twoCores } from '../../measure/cores.js';

const PROGRAM = join(import.meta.dirname, 'server.js');

/** The server of the overload figure, in a process that has one core. */
export class PinnedServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  /** Starts it, with or without shedding. */
  static async start(overload: 'on' | 'off'): Promise<PinnedServer> {
    const node = [process.execPath, PROGRAM, overload];
    const core = twoCores()?.server;
    const [program = '', ...args] = core === undefined ? node : ['taskset', '-c', String(core), ...node];
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const started = once(child, 'message') as Promise<[{ port: number }]>;
    const ended = once(child, 'exit').then(() => Promise.reject(new Error('the server has ended')));
    ended.catch(() => {});
    const [{ port }] = await Promise.race([started, ended]);
    return new PinnedServer(child, port);
  }

  /** Of the server: `taskset` becomes what it starts. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Ends it, and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
