import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = process.env['HAPROXY_PATH'] ?? '/usr/sbin/haproxy';
/** Where it listens, beside the IPv6 loopback: an address that nobody else takes ports of. */
export const HAPROXY_HOST = '127.0.0.77';

/** HAProxy in front of a port. */
export class HaProxy {
  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    readonly port: number,
  ) {}

  /** Starts it with an option that says how it tells who connects; fulfils when it listens. */
  static async start(target: number, option: string): Promise<HaProxy> {
    const directory = await mkdtemp(join(tmpdir(), 'haproxy-'));
    const file = join(directory, 'haproxy.cfg');
    const port = await freePort();
    await writeFile(file, configuration(target, port, option));
    const child = spawn(PROGRAM, ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const proxy = new HaProxy(child, directory, port);
    while (!(await isListening(port))) {
      if (proxy.isRunning) continue;
      await proxy.close();
      throw new Error(`HAProxy did not start: ${errors}`);
    }
    return proxy;
  }

  /** Ends it. */
  async close(): Promise<void> {
    if (this.isRunning) {
      this.child.kill('SIGKILL');
      await once(this.child, 'exit');
    }
    await rm(this.directory, { recursive: true });
  }

  private get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }
}

function configuration(target: number, port: number, option: string): string {
  return [
    'defaults',
    '  mode tcp',
    ...['connect', 'client', 'server'].map((what) => `  timeout ${what} 30s`),
    'listen game',
    `  bind ${HAPROXY_HOST}:${port}`,
    `  bind [::1]:${port}`,
    `  server app 127.0.0.1:${target} ${option}`,
    '',
  ].join('\n');
}

/** HAProxy cannot be asked which port it got. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, HAPROXY_HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HAPROXY_HOST);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
