import { ChannelService, Handler, PomeloException } from 'nestjs-pomelo';
import { PackageType } from 'nestjs-pomelo-protocol';
import { deflateSync, gzipSync, inflateSync } from 'node:zlib';
import { startApp, type AppSetup, type RunningApp } from './support/pomelo-app.js';
import { handshake, PITAYA_SYS, RawClient, readMessage, request } from './support/raw-client.js';

const TEXT = 'the same words again and again, '.repeat(100);

@Handler('chat.room')
class Room {
  @Handler() echo(_session: unknown, body: unknown): unknown {
    return body === undefined ? 'undefined' : body;
  }
  @Handler() fail(): void {
    throw new PomeloException(402, 'Pay first', { data: { price: 5 } });
  }
  @Handler() hang(): Promise<never> {
    return new Promise(() => {});
  }
  @Handler() crash(): void {
    throw new Error('password=hunter2');
  }
}

function start(setup: AppSetup = {}): Promise<RunningApp> {
  return startApp({ ...setup, providers: [Room] });
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('a client of the pitaya family', () => {
  it('is told heartbeat and serializer, and nothing that it does not know', async () => {
    const { port } = await start({ hybrid: { heartbeat: 30, dictionary: true } });
    const client = await RawClient.open(port);
    client.send(handshake({ sys: PITAYA_SYS, user: {} }));
    expect((await client.packages.take())?.json).toEqual({
      code: 200,
      sys: { heartbeat: 30, serializer: 'json' },
    });
  });

  it.each([
    ['zlib', deflateSync],
    ['gzip', gzipSync],
  ])('may send bodies compressed with %s, and gets them compressed from then on', async (_name, compress) => {
    const { port } = await start();
    const client = await RawClient.ready(port, PITAYA_SYS);
    client.send(request(1, 'chat.room.echo', json(TEXT)));
    const plain = readMessage(await client.packages.take());
    expect([plain.head.compressedBody, plain.json]).toEqual([false, TEXT]);
    client.send(request(2, 'chat.room.echo', compress(json(TEXT)), true));
    const { head, body } = readMessage(await client.packages.take());
    expect([head.id, head.compressedBody]).toEqual([2, true]);
    expect(JSON.parse(inflateSync(body).toString())).toBe(TEXT);
    client.send(request(3, 'chat.room.echo', json('short')));
    expect(readMessage(await client.packages.take())).toMatchObject({
      head: { compressedBody: false },
      json: 'short',
    });
  });

  it('may send no body at all', async () => {
    const { port } = await start();
    const client = await RawClient.ready(port, PITAYA_SYS);
    client.send(request(1, 'chat.room.echo', Buffer.alloc(0)));
    expect(readMessage(await client.packages.take()).json).toBe('undefined');
  });

  it.each([
    ['fail', { code: 'PIT-402', msg: 'Pay first', metadata: { price: 5 } }],
    ['crash', { code: 'PIT-500', msg: '' }],
    ['none', { code: 'PIT-404', msg: 'No handler answers this route.' }],
  ])('gets errors with the error flag and its kind of code: %s', async (method, body) => {
    const { port } = await start();
    const client = await RawClient.ready(port, PITAYA_SYS);
    client.send(request(1, `chat.room.${method}`));
    const message = readMessage(await client.packages.take());
    expect([message.head.error, message.json]).toEqual([true, body]);
  });

  it('gets the code that pitaya has for a handler that takes too long', async () => {
    const { port } = await start({ options: { limits: { requestMs: 30 } } });
    const client = await RawClient.ready(port, PITAYA_SYS);
    client.send(request(1, 'chat.room.hang'));
    expect(readMessage(await client.packages.take()).json).toEqual({
      code: 'PIT-408',
      msg: 'The request took too long.',
    });
  });

  it('never gets a route as a code, which would crash libpitaya, but may send one', async () => {
    const { app, port } = await start({ hybrid: { dictionary: ['onChat'] } });
    const client = await RawClient.ready(port, PITAYA_SYS);
    client.send(request(1, 'chat.room.echo'));
    await client.packages.take();
    await app.get(ChannelService).broadcastHere('onChat', {});
    expect(readMessage(await client.packages.take()).head).toMatchObject({ route: 'onChat', routeCode: -1 });
  });

  it('is kicked with a reason, as every client', async () => {
    const { port } = await start();
    const client = await RawClient.ready(port, PITAYA_SYS);
    client.send(Buffer.from([4, 0, 0, 0]));
    expect(await client.packages.take()).toMatchObject({
      type: PackageType.Kick,
      json: { reason: 'empty', code: 4400 },
    });
  });
});

describe('a compressed body', () => {
  it('is inflated for a client of the Pomelo family, which gets plain answers all the same', async () => {
    const { port } = await start();
    const client = await RawClient.ready(port);
    client.send(request(1, 'chat.room.echo', deflateSync(json(TEXT)), true));
    const { head, json: body } = readMessage(await client.packages.take());
    expect([head.compressedBody, body]).toEqual([false, TEXT]);
  });

  it.each([
    ['garbage', Buffer.from('789c', 'hex')],
    ['nothing', Buffer.alloc(0)],
    ['a bomb', deflateSync(Buffer.alloc(2 * 1024 * 1024, 0x20))],
    ['one that was cut', deflateSync(json(TEXT)).subarray(0, 20)],
  ])('that is %s is answered with 415', async (_name, body) => {
    const { port } = await start();
    const client = await RawClient.ready(port, PITAYA_SYS);
    client.send(request(1, 'chat.room.echo', body, true));
    expect(readMessage(await client.packages.take()).json).toMatchObject({ code: 'PIT-415' });
  });

  it('may inflate to limits.inflatedBytes and to not one byte more', async () => {
    const { port } = await start({ options: { limits: { inflatedBytes: 100 } } });
    const client = await RawClient.ready(port);
    for (const [bytes, code] of [
      [100, undefined],
      [101, 415],
    ] as const) {
      client.send(request(1, 'chat.room.echo', deflateSync(json({ fill: 'x'.repeat(bytes - 11) })), true));
      const answer = readMessage(await client.packages.take()).json as { code?: number };
      expect(answer.code).toBe(code);
    }
  });

  it('is never sent when compress is false', async () => {
    const { port } = await start({ hybrid: { compress: false } });
    const client = await RawClient.ready(port, PITAYA_SYS);
    client.send(request(1, 'chat.room.echo', deflateSync(json(TEXT)), true));
    expect(readMessage(await client.packages.take())).toMatchObject({
      head: { compressedBody: false },
      json: TEXT,
    });
  });
});
