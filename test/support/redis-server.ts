import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { closeAfterTest } from './pomelo-app.js';

const PROGRAM = process.env['REDIS_SERVER_PATH'] ?? '/usr/bin/redis-server';

/** A real Redis for one test, which can die and come back on the same port. It is ended after the test. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly settings: readonly string[],
  ) {}

  /** Starts it on a free port; settings are those of its command line. */
  static async start(settings: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), mkdtempSync(join(tmpdir(), 'redis-')), settings);
    closeAfterTest({ close: () => server.remove() });
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again, with what it had when it was killed as far as it had written it down. */
  async start(): Promise<void> {
    const settings = [
      '--port',
      String(this.port),
      '--dir',
      this.folder,
      '--save',
      '',
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
      ...this.settings,
    ];
    const child = spawn(PROGRAM, settings, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.process = child;
    for await (const line of createInterface(child.stdout)) if (line.includes('Ready to accept')) break;
    child.stdout.resume();
  }

  /** Ends it without a word. */
  async kill(): Promise<void> {
    const { process: child } = this;
    this.process = undefined;
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Stops it where it is: connections stay, nothing is answered. */
  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  /** Lets it go on. */
  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  private async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true });
  }
}

/** A port that was free a moment ago: Redis takes none by itself. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
