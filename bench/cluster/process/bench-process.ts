import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Answer, ParentApi, Question } from './serve-parent.js';

/** Programs of this folder are named relative to it. */
const PROGRAMS = join(import.meta.dirname, '..');

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One part of what is measured, in a process of its own. It answers what its `Api` says. */
export class BenchProcess<Api extends ParentApi<Api>> {
  private readonly waiting = new Map<number, Waiting>();
  private readonly ended: Promise<unknown>;
  private questions = 0;

  private constructor(
    private readonly program: string,
    private readonly child: ChildProcess,
  ) {
    this.ended = once(child, 'exit');
    child.on('message', (answer: Answer) => this.receive(answer));
    child.once('exit', (code, signal) => this.fail(`${program} ended with ${code ?? signal}`));
  }

  /** Starts a program; fulfils when it answers. Rejects when it ends before. */
  static async start<Api extends ParentApi<Api>>(
    program: string,
    settings: unknown,
  ): Promise<BenchProcess<Api>> {
    const child = fork(join(PROGRAMS, `${program}.js`), [JSON.stringify(settings)]);
    const started = new BenchProcess<Api>(program, child);
    await new Promise((resolve, reject) => started.waiting.set(0, { resolve, reject }));
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
