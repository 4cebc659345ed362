import { Body } from '@nestjs/common';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ChannelService,
  DEFAULT_LIMITS,
  Handler,
  OnSessionClosed,
  SessionService,
  type PomeloLimits,
  type Session,
} from 'nestjs-pomelo';
import { WebSocket } from 'ws';
import { closeAfterTest, refusalOf, startApp, type RunningApp } from './support/pomelo-app.js';
import { handshake, POMELO_SYS, RawClient, readMessage, request } from './support/raw-client.js';
import { rejectsDuring } from './support/rejects.js';
import { until } from './support/until.js';

@Handler('t.limit')
class Limited {
  readonly closings: string[] = [];
  @Handler() echo(@Body() body: unknown): unknown {
    return body;
  }
  @OnSessionClosed() closed(_session: Session, reason: string): void {
    this.closings.push(reason);
  }
}

function start(limits: Partial<PomeloLimits>): Promise<RunningApp> {
  return startApp({ providers: [Limited], options: { limits } });
}

async function answerTo(client: RawClient, route: string, body: unknown): Promise<unknown> {
  client.send(request(1, route, body));
  return readMessage(await client.packages.take()).json;
}

describe('limits.jsonDepth', () => {
  it('lets a body of that depth pass, and answers one level more with 400', async () => {
    const { port } = await start({ jsonDepth: 5 });
    const client = await RawClient.ready(port);
    const nested = (depth: number): Buffer => Buffer.from('['.repeat(depth) + ']'.repeat(depth));
    expect(await answerTo(client, 't.limit.echo', nested(5))).toEqual([[[[[]]]]]);
    expect(await answerTo(client, 't.limit.echo', nested(6))).toMatchObject({ code: 400 });
  });
});

describe('limits.routeBytes', () => {
  const route = 't.limit.echo';

  it('lets a route of that length pass, and no longer one start', async () => {
    const { port } = await start({ routeBytes: route.length });
    const client = await RawClient.ready(port);
    expect(await answerTo(client, route, 'x')).toBe('x');
    expect(await answerTo(client, `${route}o`, 'x')).toMatchObject({ code: 404 });
    expect(await refusalOf(() => start({ routeBytes: route.length - 1 }))).toContain(
      `of at most ${route.length - 1} bytes`,
    );
  });
});

describe('limits.messageFragments', () => {
  async function sendFragments(port: number, count: number): Promise<WebSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    closeAfterTest({ close: async () => socket.terminate() });
    await once(socket, 'open');
    const bytes = handshake({ sys: POMELO_SYS });
    for (let index = 0; index < count - 1; index += 1)
      socket.send(bytes.subarray(index, index + 1), { fin: false });
    socket.send(bytes.subarray(count - 1), { fin: true });
    return socket;
  }

  it('lets a message in so many fragments pass, and closes with 1008 for one more', async () => {
    const { port } = await start({ messageFragments: 8 });
    const rejects = rejectsDuring();
    const [answer] = (await once(await sendFragments(port, 8), 'message')) as [Buffer];
    expect(answer[0]).toBe(1);
    const [code] = (await once(await sendFragments(port, 9), 'close')) as [number];
    expect(code).toBe(1008);
    expect(rejects()).toEqual([{ layer: 'package', reason: 'ws_fragments', transport: 'ws' }]);
  });
});

describe('a client that takes too little', () => {
  const FILLER = 'x'.repeat(60_000);
  const limits = { writeBufferSoftBytes: 100_000, writeStallMs: 80 };

  async function deaf(port: number): Promise<RawClient> {
    const client = await RawClient.ready(port);
    await answerTo(client, 't.limit.echo', 1);
    client.socket.pause();
    return client;
  }

  it('of the answers to its own requests is called a slow reader', async () => {
    const { app, port } = await start(limits);
    const client = await deaf(port);
    for (let id = 1; id < 300; id += 1) client.send(request(id, 't.limit.echo', FILLER));
    await until(() => app.get(Limited).closings.length > 0);
    expect(app.get(Limited).closings).toEqual(['slow_reader']);
    client.socket.resume();
    await client.closed;
  });

  it('of what is pushed to it is called a slow consumer, and its sender hears of the first push that is lost', async () => {
    const { app, port } = await start({ writeBufferHardBytes: 1_000_000 });
    const client = await deaf(port);
    const sessions = app.get(SessionService);
    sessions.forEachSession((session) => void session.bind('slow'));
    const channel = app.get(ChannelService).createChannel('news');
    sessions.forEachSession((session) => channel.add(session));
    const rejects = rejectsDuring();
    let missed: readonly string[] = [];
    while (missed.length === 0) missed = await channel.pushMessage('onNews', FILLER);
    expect(missed).toEqual(['slow']);
    await until(() => app.get(Limited).closings.length > 0);
    expect(app.get(Limited).closings).toEqual(['slow_consumer']);
    expect(rejects().map(({ reason }) => reason)).toEqual(['slow_consumer', 'push_dropped']);
    client.socket.resume();
    await client.closed;
  });
});

describe('every limit', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const titles = ['test', 'libs/pomelo/src']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(root, folder, file),
      ),
    )
    .filter((file) => file.endsWith('spec.ts') && !file.includes('limits.e2e-spec'))
    .map((file) => readFileSync(file, 'utf8'))
    .concat(readFileSync(fileURLToPath(import.meta.url), 'utf8'))
    .flatMap((text) =>
      [...text.matchAll(/\b(?:describe|it)(?:\.each\([^]*?\))?\(\s*['"`](.*)['"`]/g)].map(
        ([, title]) => title,
      ),
    )
    .join('\n');

  it.each(Object.keys(DEFAULT_LIMITS))('is tested at its edge, under its name: %s', (name) => {
    expect(titles).toMatch(new RegExp(`limits\\.${name}\\b|limits\\.\\w+(,| and) .*\\b${name}\\b`));
  });
});
