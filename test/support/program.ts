import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { closeAfterTest } from './pomelo-app.js';
import { until } from './until.js';

const root = new URL('../../dist/', import.meta.url);

/** How a program is started. */
export interface ProgramOptions {
  readonly args?: readonly string[];
  /** Options of Node itself. */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A built program in a process of its own, and what it prints. It is killed after the test. */
export class Program {
  output = '';
  errors = '';

  private readonly closed: Promise<unknown>;

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    this.closed = once(child, 'close');
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
  }

  /** Starts a program, by its path below `dist/`. */
  static start(path: string, { args = [], node = [], env = {} }: ProgramOptions = {}): Program {
    const child = spawn(process.execPath, [...node, fileURLToPath(new URL(path, root)), ...args], {
      env: { ...process.env, NO_COLOR: '1', ...env },
    });
    return closeAfterTest(new Program(child));
  }

  /** The first group of a pattern in what it printed; waits for it. Rejects when the program ends before. */
  async printed(pattern: RegExp): Promise<string> {
    await until(() => pattern.test(this.output) || this.child.exitCode !== null);
    const found = pattern.exec(this.output);
    if (found === null) throw new Error(`it ended without printing ${String(pattern)}:\n${this.errors}`);
    return found[1] ?? '';
  }

  /** Waits for its end, and for all that it printed; gives the exit code, null after a signal. */
  async ended(): Promise<number | null> {
    await this.closed;
    return this.child.exitCode;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async close(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended();
  }
}
