import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** How a demo that ended by itself ended. */
export interface DemoEnd {
  readonly code: number | null;
  readonly errors: string;
}

/** The built demo, in a process of its own. */
export class DemoProcess {
  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    /** What it printed: where the page is. */
    readonly url: string,
  ) {}

  /** The port that it listens on. */
  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Starts it on a port, by default a free one; fulfils when it listens. */
  static async start(port = 0): Promise<DemoProcess> {
    const child = spawnDemo({ PORT: String(port) });
    for await (const line of createInterface(child.stdout)) {
      const url = /^Chat: (\S+)$/.exec(line)?.[1];
      if (url === undefined) continue;
      // Nobody reads on: a full pipe would stop the demo.
      child.stdout.resume();
      return new DemoProcess(child, url);
    }
    throw new Error('The demo ended before it listened.');
  }

  /** Runs a demo that is expected to end by itself. */
  static async runToEnd(env: Readonly<Record<string, string>>): Promise<DemoEnd> {
    const child = spawnDemo(env);
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    await once(child, 'close');
    return { code: child.exitCode, errors };
  }

  /** Ends it, and waits until it is gone; the exit code, null after a signal that cannot be handled. */
  async kill(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill(signal);
      await once(this.child, 'exit');
    }
    return this.child.exitCode;
  }
}

function spawnDemo(env: Readonly<Record<string, string>>): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [main], { env: { ...process.env, NO_COLOR: '1', ...env } });
}
