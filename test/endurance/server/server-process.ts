import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { StderrTail } from './stderr-tail.js';
import type { ProbeQuestion, ServerSample } from './probe-messages.js';

const probe = new URL('probe.js', import.meta.url);
const main = fileURLToPath(new URL('../../conformance/main.js', import.meta.url));

/** The conformance server with its default limits, in a process of its own that tells how it is. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly errors: StderrTail,
    readonly port: number,
  ) {}

  /** Starts it with these options of its command line; fulfils when it listens. */
  static async start(options: readonly string[]): Promise<ServerProcess> {
    const node = ['--enable-source-maps', '--expose-gc', '--import', probe.href];
    const child = spawn(process.execPath, [...node, main, '--port', '0', ...options], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    const errors = new StderrTail(piped(child.stderr));
    const port = await portOf(piped(child.stdout));
    if (port === undefined) throw new Error(`the server did not start: ${errors.text}`);
    return new ServerProcess(child, errors, port);
  }

  /** How it ended and what it said last; undefined while it runs. */
  get end(): string | undefined {
    const { exitCode, signalCode } = this.child;
    if (exitCode === null && signalCode === null) return undefined;
    return `the server ended with ${signalCode ?? `code ${exitCode}`}: ${this.errors.text}`;
  }

  /** Asks the probe; rejects when the server is gone. */
  async ask(question: ProbeQuestion): Promise<ServerSample> {
    const gone = new AbortController();
    const { signal } = gone;
    const answer = once(this.child, 'message', { signal });
    const exit = once(this.child, 'exit', { signal }).then(() => Promise.reject(new Error(this.end)));
    if (this.end === undefined) this.child.send(question, () => {});
    else gone.abort(new Error(this.end));
    try {
      // The boundary to the other process.
      return ((await Promise.race([answer, exit])) as [ServerSample])[0];
    } finally {
      void exit.catch(() => {});
      gone.abort();
    }
  }

  /** How many file descriptors it has. */
  get descriptors(): number {
    return this.end === undefined ? readdirSync(`/proc/${this.child.pid}/fd`).length : 0;
  }

  /** Ends it. */
  async stop(): Promise<void> {
    if (this.end !== undefined) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}

/** The boundary to the types of spawn(), which do not know that a stream is a pipe when there is a channel too. */
function piped(stream: Readable | null): Readable {
  if (stream === null) throw new Error('unreachable: every stream of the server is a pipe');
  return stream;
}

/** From the line that the server prints when it listens. */
async function portOf(stdout: Readable): Promise<number | undefined> {
  for await (const line of createInterface(stdout)) {
    // Nobody reads on: a full pipe would stop the server.
    stdout.resume();
    return (JSON.parse(line) as { port: number }).port;
  }
  return undefined;
}
