import { NestFactory } from '@nestjs/core';
import {
  ChannelService,
  Handler,
  PomeloAdapter,
  PomeloException,
  type PitayaSerializer,
} from 'nestjs-pomelo';
import protobuf from 'protobufjs';
import { deflateSync, inflateSync } from 'node:zlib';
import { closeAfterTest, startApp, type RunningApp } from './support/pomelo-app.js';
import { handshake, PITAYA_SYS, RawClient, readMessage, request } from './support/raw-client.js';
import { rejectsDuring } from './support/rejects.js';

/** The messages of this test, and pitaya's own for errors. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Say { string text = 1; repeated sint64 scores = 2; }
  message Error { string code = 1; string msg = 2; map<string, string> metadata = 3; }
`);
const Say = root.lookupType('Say');
const PitayaError = root.lookupType('Error');

const bytesOf = (value: object): Uint8Array => Say.encode(Say.fromObject(value)).finish();
const TEXT = 'the same words again and again, '.repeat(100);

@Handler('chat.room')
class Room {
  seen: unknown;
  @Handler() echo(_session: unknown, body: unknown): unknown {
    this.seen = body;
    return body;
  }
  @Handler() nothing(): void {}
  @Handler() number(): number {
    return 7;
  }
  @Handler() fail(): void {
    throw new PomeloException(402, 'Pay first', { data: { price: 5, item: 'sword', of: [1] } });
  }
}

const SAY: PitayaSerializer = {
  name: 'protobuf',
  decode: (_route, bytes) => Say.decode(bytes).toJSON(),
  encode: (_route, value) => bytesOf(value as object),
};

function start(serializer: PitayaSerializer): Promise<RunningApp> {
  return startApp({ providers: [Room], hybrid: { serializer } });
}

describe('a serializer without functions', () => {
  it('is told to pitaya clients, and only to them', async () => {
    const { port } = await start({ name: 'protobuf' });
    const answers = [];
    for (const sys of [PITAYA_SYS, { type: 'js-websocket' }]) {
      const client = await RawClient.open(port);
      client.send(handshake({ sys }));
      answers.push((await client.packages.take())?.json);
    }
    expect(answers).toEqual([
      { code: 200, sys: { serializer: 'protobuf' } },
      { code: 200, sys: {} },
    ]);
  });

  it('gives handlers the bytes, and sends theirs', async () => {
    const { app, port } = await start({ name: 'protobuf' });
    const client = await RawClient.ready(port, PITAYA_SYS);
    const bytes = bytesOf({ text: 'hello', scores: [1, -2] });
    client.send(request(1, 'chat.room.echo', bytes));
    const { head, body } = readMessage(await client.packages.take());
    expect([head.id, head.error, Buffer.from(body)]).toEqual([1, false, Buffer.from(bytes)]);
    expect(app.get(Room).seen).toEqual(Buffer.from(bytes));
  });

  it.each([
    ['nothing', false, ''],
    ['number', true, undefined],
  ])('answers a handler that returns %s', async (method, isError, text) => {
    const { port } = await start({ name: 'protobuf' });
    const client = await RawClient.ready(port, PITAYA_SYS);
    client.send(request(1, `chat.room.${method}`, Buffer.alloc(0)));
    const { head, body } = readMessage(await client.packages.take());
    expect(head.error).toBe(isError);
    if (isError) expect(PitayaError.decode(body).toJSON()).toEqual({ code: 'PIT-500' });
    else expect(Buffer.from(body).toString()).toBe(text);
  });

  it('leaves clients of the Pomelo family their JSON', async () => {
    const { port } = await start({ name: 'protobuf' });
    const client = await RawClient.ready(port);
    client.send(request(1, 'chat.room.echo', { a: 1 }));
    expect(readMessage(await client.packages.take()).json).toEqual({ a: 1 });
  });
});

describe('a serializer with functions', () => {
  it('reads what clients send and writes what they get: answers and pushes', async () => {
    const { app, port } = await start(SAY);
    const client = await RawClient.ready(port, PITAYA_SYS);
    client.send(request(1, 'chat.room.echo', bytesOf({ text: 'hello', scores: [-3] })));
    expect(Say.decode(readMessage(await client.packages.take()).body).toJSON()).toEqual({
      text: 'hello',
      scores: ['-3'],
    });
    expect(app.get(Room).seen).toEqual({ text: 'hello', scores: ['-3'] });
    await app.get(ChannelService).broadcastHere('onSay', { text: 'to all' });
    const push = readMessage(await client.packages.take());
    expect([push.head.route, Say.decode(push.body).toJSON()]).toEqual(['onSay', { text: 'to all' }]);
  });

  it('gets inflated bodies, and what it writes is compressed', async () => {
    const { port } = await start(SAY);
    const client = await RawClient.ready(port, PITAYA_SYS);
    client.send(request(1, 'chat.room.echo', deflateSync(bytesOf({ text: TEXT })), true));
    const { head, body } = readMessage(await client.packages.take());
    expect([head.compressedBody, Say.decode(inflateSync(body)).toJSON()]).toEqual([true, { text: TEXT }]);
  });

  it.each<[string, NonNullable<PitayaSerializer['decode']>]>([
    ['cannot read', (_route, bytes) => Say.decode(bytes)],
    ['must wait for', async () => ({})],
  ])('answers a body that it %s with 400', async (_name, decode) => {
    const { port, log } = await start({ ...SAY, decode });
    const rejects = rejectsDuring();
    const client = await RawClient.ready(port, PITAYA_SYS);
    client.send(request(1, 'chat.room.echo', Buffer.from('0aff', 'hex')));
    const { head, body } = readMessage(await client.packages.take());
    expect([head.error, PitayaError.decode(body).toJSON()]).toEqual([
      true,
      { code: 'PIT-400', msg: 'The message body cannot be read: bad_protobuf.' },
    ]);
    expect(rejects()).toMatchObject([{ reason: 'bad_body' }]);
    expect(log.matching('debug', 'hybrid.serializer could not read a body of "chat.room.echo"')).toHaveLength(
      1,
    );
  });

  it.each<[string, NonNullable<PitayaSerializer['encode']>]>([
    [
      'throws',
      () => {
        throw new Error('no such message');
      },
    ],
    ['gives no bytes', () => 'text' as unknown as Uint8Array],
  ])('that %s answers the request with an error', async (_name, encode) => {
    const { port } = await start({ ...SAY, encode });
    const client = await RawClient.ready(port, PITAYA_SYS);
    client.send(request(1, 'chat.room.number', Buffer.alloc(0)));
    const { head, body } = readMessage(await client.packages.take());
    expect([head.error, PitayaError.decode(body).toJSON()]).toEqual([true, { code: 'PIT-500' }]);
  });

  it('gets no errors: those are what every pitaya client reads', async () => {
    const { port } = await start(SAY);
    const client = await RawClient.ready(port, PITAYA_SYS);
    client.send(request(1, 'chat.room.fail', Buffer.alloc(0)));
    const { head, body } = readMessage(await client.packages.take());
    expect([head.error, PitayaError.decode(body).toJSON()]).toEqual([
      true,
      { code: 'PIT-402', msg: 'Pay first', metadata: { price: '5', item: 'sword', of: '[1]' } },
    ]);
  });
});

it('the module of the guide serves pitaya clients with protobuf, and refuses old ones', async () => {
  process.env['PORT'] = '0';
  const { PitayaModule } = await import('./fixtures/guide/pitaya.module.js');
  const app = await NestFactory.createApplicationContext(PitayaModule, {
    logger: ['error'],
    abortOnError: false,
  });
  closeAfterTest(app);
  const port = app.get(PomeloAdapter).addresses()[0]?.port ?? 0;
  const old = await RawClient.open(port);
  old.send(handshake({ sys: PITAYA_SYS }));
  expect((await old.packages.take())?.json).toEqual({ code: 400 });

  const { root: chat } = protobuf.parse(`
    syntax = "proto3";
    message Join { string room = 1; string name = 2; }
    message Members { repeated string names = 1; }
  `);
  const join = async (name: string): Promise<RawClient> => {
    const client = await RawClient.ready(port, { ...PITAYA_SYS, clientVersion: '2.0' });
    await client.packages.take(); // the first heartbeat
    client.send(request(1, 'chat.room.join', chat.lookupType('Join').encode({ name }).finish()));
    return client;
  };
  const members = async (client: RawClient): Promise<unknown> =>
    chat
      .lookupType('Members')
      .decode(readMessage(await client.packages.take()).body)
      .toJSON();
  const ann = await join('ann');
  expect(await members(ann)).toEqual({ names: ['ann'] });
  const bob = await join('bob');
  expect(await members(bob)).toEqual({ names: ['ann', 'bob'] });
  const push = readMessage(await ann.packages.take());
  expect([push.head.route, chat.lookupType('Join').decode(push.body).toJSON()]).toEqual([
    'onJoin',
    { name: 'bob' },
  ]);
});
