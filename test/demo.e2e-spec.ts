import type { PomeloClient } from 'nestjs-pomelo-client';
import { ask } from './support/ask.js';
import { startDemo, type DemoApp } from './support/demo-app.js';
import { RawClient } from './support/raw-client.js';

const ENTER = 'connector.entryHandler.enter';
/** One server is everything. */
const SERVERS = { connector: 'server-1', chat: 'server-1' };
const SEND = 'chat.chatHandler.send';

describe('the chat of the demo', () => {
  let demo: DemoApp;

  beforeEach(async () => {
    demo = await startDemo();
  });
  afterEach(() => {
    const errors = demo.log.matching('error');
    if (errors.length > 0) throw new Error(`The demo logged errors: ${errors.join('\n')}`);
  });

  /** Through the gate to the connector, and into a room. */
  async function enter(username: string, rid = 'lobby', protocol?: 'tcp' | 'ws'): Promise<PomeloClient> {
    const gate = await demo.connect(protocol);
    const entry = await gate.request<{ port: number }>('gate.gateHandler.queryEntry', { uid: username });
    await gate.close();
    const client = await demo.connect(protocol, entry.port);
    await client.request(ENTER, { username, rid });
    return client;
  }

  it('names the connector of a user at the gate', async () => {
    const gate = await demo.connect();
    const entry = await gate.request('gate.gateHandler.queryEntry', { uid: 'ann*lobby' });
    expect(entry).toEqual({ code: 200, host: '127.0.0.1', port: demo.port });
  });

  it('refuses to name a connector for nobody', async () => {
    const gate = await demo.connect();
    const answer = await ask(gate, 'gate.gateHandler.queryEntry', {});
    expect(answer).toEqual({ code: 500, msg: 'queryEntry needs a uid.' });
  });

  it.each(['tcp', 'ws'] as const)(
    'tells who is in the room, and who comes and goes (%s)',
    async (protocol) => {
      const ann = await enter('ann', 'lobby', protocol);
      const added = ann.once('onAdd');
      const bob = await demo.connect(protocol);
      expect(await bob.request(ENTER, { username: 'bob', rid: 'lobby' })).toEqual({
        users: ['ann', 'bob'],
        ...SERVERS,
      });
      expect(await added).toEqual({ user: 'bob' });
      const left = ann.once('onLeave');
      await bob.close();
      expect(await left).toEqual({ user: 'bob' });
    },
  );

  it('takes a message to everybody in the room, the sender too, and to no other room', async () => {
    const [ann, bob, eve] = [await enter('ann'), await enter('bob'), await enter('eve', 'attic')];
    const heardElsewhere: unknown[] = [];
    eve.on('onChat', (message) => heardElsewhere.push(message));
    const heard = [ann, bob].map((client) => client.once('onChat'));
    expect(await ann.request(SEND, { content: 'hi', target: '*' })).toEqual({});
    const message = { msg: 'hi', from: 'ann', target: '*' };
    expect(await Promise.all(heard)).toEqual([message, message]);
    await eve.request(SEND, { content: 'alone', target: '*' });
    expect(heardElsewhere).toEqual([{ msg: 'alone', from: 'eve', target: '*' }]);
  });

  it('takes a private message to one person only', async () => {
    const [ann, bob, eve] = [await enter('ann'), await enter('bob'), await enter('eve')];
    const heardByEve = eve.once('onChat');
    const heardByBob = bob.once('onChat');
    await ann.request(SEND, { content: 'psst', target: 'bob' });
    expect(await heardByBob).toEqual({ msg: 'psst', from: 'ann', target: 'bob' });
    await ann.request(SEND, { content: 'all', target: '*' });
    expect(await heardByEve).toMatchObject({ msg: 'all' });
    const answer = await ask(ann, SEND, { content: 'psst', target: 'carl' });
    expect(answer).toEqual({ code: 404, msg: 'carl is not in this room.' });
  });

  it('refuses a name that somebody in the room has, until it is free', async () => {
    const ann = await enter('ann');
    const second = await demo.connect();
    expect(await ask(second, ENTER, { username: 'ann', rid: 'lobby' })).toEqual({ code: 500, error: true });
    expect(await ask(second, ENTER, { username: 'ann', rid: 'attic' })).toEqual({
      users: ['ann'],
      ...SERVERS,
    });
    const third = await enter('bob');
    const left = third.once('onLeave');
    await ann.close();
    await left;
    const fourth = await demo.connect();
    expect(await ask(fourth, ENTER, { username: 'ann', rid: 'lobby' })).toEqual({
      users: ['bob', 'ann'],
      ...SERVERS,
    });
  });

  it('lets in one of two who enter at the same moment with one name', async () => {
    const clients = await Promise.all([demo.connect(), demo.connect()]);
    const answers = await Promise.all(
      clients.map((client) => ask(client, ENTER, { username: 'ann', rid: 'lobby' })),
    );
    expect(answers).toContainEqual({ users: ['ann'], ...SERVERS });
    expect(answers).toContainEqual(expect.objectContaining({ code: expect.any(Number) }));
  });

  it.each([
    ['no body', undefined],
    ['no room', { username: 'ann' }],
    ['an empty name', { username: ' ', rid: 'lobby' }],
    ['a name with a star', { username: 'ann*attic', rid: 'lobby' }],
    ['a name that is no text', { username: ['ann'], rid: 'lobby' }],
  ])('refuses to let in %s', async (_what, body) => {
    const client = await demo.connect();
    expect(await ask(client, ENTER, body)).toEqual({ code: 400, msg: expect.stringMatching(/\w/) });
  });

  it('takes messages of those in a room only', async () => {
    const client = await demo.connect();
    const answer = await ask(client, SEND, { content: 'hi', target: '*' });
    expect(answer).toEqual({ code: 403, msg: 'Enter a room first.' });
  });

  it('answers the handshake of the README over plain TCP', async () => {
    const client = await RawClient.open(demo.port);
    client.send(Buffer.from('\x01\x00\x00\x09{"sys":1}', 'latin1'));
    const reply = await client.packages.take();
    expect(reply).toMatchObject({ type: 1, json: { code: 200, sys: { heartbeat: 3 } } });
  });

  it('answers only for the server types it is told to host', async () => {
    const half = await startDemo({ SERVER_ID: 'connector-1', SERVER_TYPES: 'gate,connector' });
    const client = await half.connect();
    const answer = await ask(client, SEND, { content: 'hi', target: '*' });
    expect(answer).toMatchObject({ code: 503 });
  });
});
