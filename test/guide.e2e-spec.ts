import type { INestApplicationContext } from '@nestjs/common';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { PomeloAdapter } from 'nestjs-pomelo';
import { PomeloClient } from 'nestjs-pomelo-client';

describe('the five-minute guide', () => {
  let app: INestApplicationContext;
  let url: string;

  beforeEach(async () => {
    process.env['PORT'] = '0';
    const { AppModule } = await import('./fixtures/guide/app.module.js');
    app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'], abortOnError: false });
    url = `ws://127.0.0.1:${app.get(PomeloAdapter).addresses()[0]?.port}`;
  });
  afterEach(() => app.close());

  it('lets two users meet in a room and talk', async () => {
    const ann = await PomeloClient.connect(url);
    const bob = await PomeloClient.connect(url);
    await ann.request('game.roomHandler.enter', { name: 'ann' });
    const said = ann.once('onSay');
    expect(await bob.request('game.roomHandler.enter', { name: 'bob' })).toEqual({ users: ['ann', 'bob'] });
    expect(await bob.request('game.roomHandler.say', { text: 'hello' })).toEqual({ missed: [] });
    expect(await said).toEqual({ from: 'bob', text: 'hello' });
    await Promise.all([ann.close(), bob.close()]);
  });

  it('does not let a guest talk', async () => {
    const guest = await PomeloClient.connect(url);
    await expect(guest.request('game.roomHandler.say', { text: 'x' })).rejects.toMatchObject({ code: 403 });
    await guest.close();
  });
});

describe('the programs of the guide, as they are built', () => {
  const program = (name: string): string =>
    fileURLToPath(new URL(`../dist/specs/test/fixtures/guide/${name}.js`, import.meta.url));

  it('start, and talk to each other', async () => {
    const server = spawn(process.execPath, [program('main')], {
      env: { ...process.env, PORT: '0', NO_COLOR: '1' },
    });
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [
        program('client'),
        `ws://127.0.0.1:${await portOf(server.stdout)}`,
      ]);
      expect(stdout).toBe('in the room: ann\nann: hello\n');
    } finally {
      const exited = once(server, 'exit');
      server.kill();
      await exited;
    }
  });
});

async function portOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(output)) {
    const [, port] = /listens on .*:(\d+)$/.exec(line) ?? [];
    if (port !== undefined) return port;
  }
  throw new Error('the server ended before it listened');
}
