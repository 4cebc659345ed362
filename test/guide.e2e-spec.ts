import type { INestApplicationContext } from '@nestjs/common';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { PomeloAdapter } from 'nestjs-pomelo';
import { PomeloClient } from 'nestjs-pomelo-client';
import { tlsText } from './support/tls-files.js';

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

describe('the guide to TLS', () => {
  it('serves the port with TLS alone', async () => {
    process.env['PORT'] = '0';
    const { TlsModule } = await import('./fixtures/guide/tls.module.js');
    const app = await NestFactory.createApplicationContext(TlsModule, {
      logger: ['error'],
      abortOnError: false,
    });
    const port = app.get(PomeloAdapter).addresses()[0]?.port ?? 0;
    const socket = connect({
      port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: tlsText('authority.crt'),
    });
    await once(socket, 'secureConnect');
    socket.end('GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200/);
    socket.destroy();
    await app.close();
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
