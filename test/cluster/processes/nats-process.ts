import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = process.env['NATS_SERVER_PATH'] ?? '/usr/sbin/nats-server';

/** How a {@link NatsProcess} is started. */
export interface NatsServerOptions {
  /** With a store on disk, below the folder of the server. Default true. */
  readonly jetstream?: boolean;
  /** More lines of its configuration. */
  readonly config?: string;
  /** Variables that its configuration names. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A real NATS, which can die, freeze and come back on the same port. Whoever makes it closes it. */
export class NatsProcess {
  private process: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'nats-'));

  constructor(
    readonly port: number,
    readonly name: string,
    private readonly options: NatsServerOptions,
  ) {}

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts it, also again: with what it had stored when it was killed, and another configuration if one is given. */
  async start(config = this.options.config): Promise<void> {
    const file = join(this.folder, 'nats.conf');
    writeFileSync(file, this.configuration(config));
    const env = { ...process.env, ...this.options.env };
    const child = spawn(PROGRAM, ['-c', file], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.process = child;
    const said: string[] = [];
    for await (const line of createInterface(child.stderr)) {
      said.push(line);
      if (line.includes('Server is ready')) break;
    }
    child.stderr.resume();
    if (child.exitCode !== null || !said.at(-1)?.includes('Server is ready'))
      throw new Error(`NATS did not start:\n${said.join('\n')}`);
  }

  /** Ends it without a word. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Deletes what JetStream has stored; the server must not run. */
  forget(): void {
    rmSync(this.store, { recursive: true, force: true });
  }

  /** It does nothing any more, and its connections stay open. */
  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  /** It goes on. */
  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  /** Ends it, and removes what it has stored. */
  async close(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true });
  }

  private get store(): string {
    return join(this.folder, 'store');
  }

  private configuration(config = ''): string {
    const { jetstream = true } = this.options;
    const store = jetstream ? `jetstream { store_dir: "${this.store}" }` : '';
    return [`listen: "127.0.0.1:${this.port}"`, `server_name: ${this.name}`, store, config, ''].join('\n');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { process: child } = this;
    this.process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

/** A port that was free a moment ago, and stays the same when the server comes back. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
