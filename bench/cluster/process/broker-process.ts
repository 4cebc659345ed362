import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { freePort } from '../../process/free-port.js';

/** NATS with JetStream, or Redis: on a free port, with a folder of its own. It ends with this process. */
export class BrokerProcess {
  private constructor(
    /** Where servers find it. */
    readonly url: string,
    private readonly child: ChildProcess,
    folder: string,
  ) {
    // Whatever ends this process ends it, too.
    process.once('exit', () => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    });
  }

  /** Starts NATS, with JetStream on disk. Rejects when it is not there. */
  static async nats(): Promise<BrokerProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'bench-nats-'));
    const port = await freePort();
    const args = ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', folder];
    const child = launch(process.env['NATS_SERVER_PATH'] ?? '/usr/sbin/nats-server', args);
    await hasSaid(child, child.stderr, 'Server is ready');
    return new BrokerProcess(`nats://127.0.0.1:${port}`, child, folder);
  }

  /** Starts Redis, which writes nothing to disk. Rejects when it is not there. */
  static async redis(): Promise<BrokerProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'bench-redis-'));
    const port = await freePort();
    const args = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', ''];
    const child = launch(process.env['REDIS_SERVER_PATH'] ?? '/usr/bin/redis-server', args);
    await hasSaid(child, child.stdout, 'Ready to accept');
    return new BrokerProcess(`redis://127.0.0.1:${port}`, child, folder);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }
}

function launch(program: string, args: readonly string[]) {
  return spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function hasSaid(child: ChildProcess, stream: Readable, words: string): Promise<void> {
  await once(child, 'spawn');
  for await (const line of createInterface(stream)) if (line.includes(words)) break;
  if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}.`);
  stream.resume();
}
