import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { isAbsolute, join } from 'node:path';
import type { Answer, ParentApi, Question } from './serve-parent.js';

/** Programs are named relative to the benchmarks. */
const PROGRAMS = join(import.meta.dirname, '..');

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** How a process is started. */
export interface BenchProcessOptions {
  /** Options of Node itself. */
  readonly node?: readonly string[];
  /** Number of the one core on which it runs. Default any. */
  readonly core?: number | undefined;
  /** Keeps what it prints for itself. Default false. */
  readonly silent?: boolean;
}

/** One part of what is measured, in a process of its own. It answers what its `Api` says. */
export class BenchProcess<Api extends ParentApi<Api>> {
  private readonly waiting = new Map<number, Waiting>();
  private readonly ended: Promise<unknown>;
  private questions = 0;
  /** What it said when it was ready. */
  greeting: unknown = undefined;

  private constructor(
    private readonly program: string,
    private readonly child: ChildProcess,
  ) {
    this.ended = once(child, 'exit');
    child.on('message', (answer: Answer) => this.receive(answer));
    child.once('exit', (code, signal) => this.fail(`${program} ended with ${code ?? signal}`));
  }

  /** Starts a program: its path below the benchmarks, or a whole one. Fulfils when it answers; rejects when it ends before. */
  static async start<Api extends ParentApi<Api>>(
    program: string,
    settings: unknown,
    options: BenchProcessOptions = {},
  ): Promise<BenchProcess<Api>> {
    const path = isAbsolute(program) ? program : join(PROGRAMS, `${program}.js`);
    const started = new BenchProcess<Api>(program, launch(path, settings, options));
    started.greeting = await new Promise((resolve, reject) => started.waiting.set(0, { resolve, reject }));
    return started;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Asks it. Rejects with what it failed with, and when it ends. */
  ask<K extends keyof Api & string>(
    method: K,
    ...args: Parameters<Api[K]>
  ): Promise<Awaited<ReturnType<Api[K]>>> {
    this.questions += 1;
    const question: Question = { number: this.questions, method, args };
    const answer = new Promise<unknown>((resolve, reject) => {
      this.waiting.set(question.number, { resolve, reject });
      this.child.send(question);
    });
    // The boundary to the other process.
    return answer as Promise<Awaited<ReturnType<Api[K]>>>;
  }

  /** Lets it end, and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.child.connected) this.child.disconnect();
    await this.ended;
  }

  private receive({ number, value, error }: Answer): void {
    const waiting = this.waiting.get(number);
    this.waiting.delete(number);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(`${this.program}: ${error}`));
  }

  private fail(message: string): void {
    for (const { reject } of this.waiting.values()) reject(new Error(message));
    this.waiting.clear();
  }
}

/** A program that is started by `taskset` is on its core from its first instruction on, with all its threads. */
function launch(path: string, settings: unknown, options: BenchProcessOptions): ChildProcess {
  const { node = [], core, silent = false } = options;
  const pinned =
    core === undefined
      ? { execArgv: [...node] }
      : { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath, ...node] };
  const output = silent ? 'ignore' : 'inherit';
  return fork(path, [JSON.stringify(settings)], {
    ...pinned,
    serialization: 'advanced',
    stdio: ['ignore', output, 'inherit', 'ipc'],
  });
}
