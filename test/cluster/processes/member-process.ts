import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { FromMember, ToMember } from './member-messages.js';
import { OUTCOME } from './outcome.js';
import type { MemberAnswer, MemberApi, MemberSettings, MemberStarted } from './member-settings.js';

/** How the process of a server is started. */
export interface MemberProcessOptions {
  /** Path of the built program. */
  readonly program: string;
  /** Options of Node itself. */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A server of a cluster in a process of its own, which can be killed, frozen and asked. */
export class MemberProcess {
  /** Fulfils with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** All that it logged. */
  log = '';
  private started: MemberStarted | undefined;
  private questions = 0;
  private readonly waiting = new Map<number, (answer: unknown) => void>();
  private readonly loaded: Promise<void>;
  private onStarted: () => void = () => {};
  private onLoaded: () => void = () => {};

  private constructor(
    readonly settings: MemberSettings,
    private readonly child: ChildProcess,
  ) {
    this.loaded = new Promise((resolve) => (this.onLoaded = resolve));
    this.ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
    child.on('message', (message: FromMember) => this.receive(message));
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.log += text));
  }

  /** Starts the process; the server waits for {@link start}. */
  static spawn(
    settings: MemberSettings,
    { program, node = [], env = {} }: MemberProcessOptions,
  ): MemberProcess {
    const child = fork(program, [JSON.stringify(settings)], {
      execArgv: ['--enable-source-maps', ...node],
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    return new MemberProcess(settings, child);
  }

  get id(): string {
    return this.settings.id;
  }

  /** Of the operating system; 0 when it could not be started. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Where its clients connect. */
  get port(): number {
    return this.started?.port ?? 0;
  }

  /** It has not ended. */
  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves when its program is loaded: from then on it starts fast. */
  async ready(): Promise<void> {
    await this.unlessEnded(this.loaded);
  }

  /** Lets the server start; fulfils when it is a member. Rejects with its log when it ends before. */
  async start(): Promise<MemberStarted> {
    await this.ready();
    const started = new Promise<void>((resolve) => (this.onStarted = resolve));
    this.tell({ kind: 'start' });
    await this.unlessEnded(started);
    return this.started ?? { port: 0, startMs: 0 };
  }

  /** Asks it; waits for a frozen one. Rejects when it ends before. */
  async ask<K extends keyof MemberApi>(
    question: K,
    ...args: Parameters<MemberApi[K]>
  ): Promise<MemberAnswer<K>> {
    this.questions += 1;
    const number = this.questions;
    const answer = new Promise<unknown>((resolve) => this.waiting.set(number, resolve));
    this.tell({ kind: 'ask', number, question, args });
    // The boundary to the other process.
    return (await this.unlessEnded(answer)) as MemberAnswer<K>;
  }

  /** What it has executed, in its order; also when it has ended. */
  executed(): string[] {
    return this.lines().filter((line) => !line.startsWith(OUTCOME));
  }

  /** How its own calls to others ended, by their keys; also when it has ended. */
  outcomes(): [key: string, outcome: string][] {
    return this.lines().flatMap((line) => {
      const end = line.lastIndexOf(' ');
      return line.startsWith(OUTCOME) ? [[line.slice(OUTCOME.length, end), line.slice(end + 1)]] : [];
    });
  }

  /** Ends it, and waits until it is gone; how it ended. */
  async end(signal: NodeJS.Signals): Promise<number | string> {
    if (this.isAlive) this.child.kill(signal);
    return this.ended;
  }

  /** It does nothing any more, and its connections stay open. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  /** It goes on. */
  thaw(): void {
    this.child.kill('SIGCONT');
  }

  /** Ends it, and removes what it has written. */
  async close(): Promise<void> {
    await this.end('SIGKILL');
    rmSync(this.settings.ledger, { force: true });
  }

  private lines(): string[] {
    const { ledger } = this.settings;
    // What is cut short by its end counts for nothing.
    return existsSync(ledger) ? readFileSync(ledger, 'utf8').split('\n').slice(0, -1) : [];
  }

  private tell(message: ToMember): void {
    // Who has ended is noticed elsewhere.
    this.child.send(message, () => {});
  }

  private receive(message: FromMember): void {
    switch (message.kind) {
      case 'loaded':
        this.onLoaded();
        break;
      case 'started':
        this.started = message.started;
        this.onStarted();
        break;
      case 'answer':
        this.waiting.get(message.number)?.(message.answer);
        this.waiting.delete(message.number);
        break;
    }
  }

  private async unlessEnded<T>(work: Promise<T>): Promise<T> {
    const gone = this.ended.then((how) => {
      throw new Error(`${this.id} ended with ${how}:\n${this.log}`);
    });
    return Promise.race([work, gone]);
  }
}
