import { Redis } from 'ioredis';
import {
  GlobalChannelService,
  memory,
  MemoryChannelHistory,
  type ChannelHistoryStore,
  type HistoryAnswer,
  type HistoryBounds,
} from 'nestjs-pomelo';
import { RedisChannelHistory, redis, type RedisHistoryOptions } from 'nestjs-pomelo/redis';
import {
  acquainted,
  backend,
  frontend,
  startServer,
  type ChannelServer,
} from './support/channels/channel-servers.js';
import { closeAfterTest, refusalOf, startApp } from './support/pomelo-app.js';
import { RedisServer } from './support/redis-server.js';
import { until } from './support/until.js';

const ROOMY: HistoryBounds = { size: 100, ageMs: 600_000, bytes: 100_000 };

function connectTo(server: RedisServer): Redis {
  const client = new Redis(server.url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => {});
  closeAfterTest({ close: async () => client.disconnect() });
  return client;
}

function storeOn(server: RedisServer, options: RedisHistoryOptions = {}): RedisChannelHistory {
  return new RedisChannelHistory(connectTo(server), { timeoutMs: 20_000, ...options });
}

const STORES = [
  ['in memory', async (): Promise<ChannelHistoryStore> => new MemoryChannelHistory()],
  ['in Redis', async (): Promise<ChannelHistoryStore> => storeOn(await RedisServer.start())],
] as const;

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

async function fill(
  store: ChannelHistoryStore,
  count: number,
  bounds: Partial<HistoryBounds> = {},
): Promise<string> {
  const places = Array.from({ length: count }, (_unused, index) =>
    store.append('world', Buffer.from(`m${index + 1}`), { ...ROOMY, ...bounds }),
  );
  const positions = await Promise.all(places);
  expect(positions.map(({ offset }) => offset)).toEqual(positions.map((_unused, index) => index + 1));
  return positions[0]?.epoch ?? '';
}

async function held(store: ChannelHistoryStore, after = 0): Promise<unknown> {
  const kept = await store.read('world', after);
  return kept && [kept.offset, kept.first, kept.messages.map(text)];
}

describe.each(STORES)('a history %s', (_name, makeStore) => {
  it('numbers messages in the order of the calls, and gives those after an offset', async () => {
    const store = await makeStore();
    const epoch = await fill(store, 4);
    expect(await store.read('world', 0)).toMatchObject({ epoch, offset: 4, first: 1 });
    expect(await held(store, 2)).toEqual([4, 1, ['m3', 'm4']]);
    expect(await held(store, 4)).toEqual([4, 1, []]);
    expect(await held(store, 9)).toEqual([4, 1, []]);
  });

  it('keeps bytes of any kind', async () => {
    const store = await makeStore();
    const bytes = Buffer.from([0, 255, 58, 13, 10, 128]);
    await store.append('world:{}', bytes, ROOMY);
    const kept = await store.read('world:{}', 0);
    expect(Buffer.from(kept?.messages[0] ?? [])).toEqual(bytes);
  });

  it('knows nothing of a channel that nobody published to', async () => {
    const store = await makeStore();
    await fill(store, 1);
    expect(await store.read('other', 0)).toBeUndefined();
  });

  it('forgets the oldest beyond its size, and keeps counting', async () => {
    const store = await makeStore();
    await fill(store, 5, { size: 2 });
    expect(await held(store)).toEqual([5, 4, ['m4', 'm5']]);
  });

  it('forgets the oldest beyond its bytes, and also what is larger by itself', async () => {
    const store = await makeStore();
    await fill(store, 5, { bytes: 5 });
    expect(await held(store)).toEqual([5, 4, ['m4', 'm5']]);
    await store.append('world', Buffer.from('larger'), { ...ROOMY, bytes: 5 });
    expect(await held(store)).toEqual([6, 7, []]);
    await store.append('world', Buffer.from('m7'), { ...ROOMY, bytes: 4 });
    await store.append('world', Buffer.from('m8'), { ...ROOMY, bytes: 4 });
    expect(await held(store)).toEqual([8, 7, ['m7', 'm8']]);
  });

  it('forgets messages at their age, and keeps counting in the same epoch', async () => {
    const store = await makeStore();
    const epoch = await fill(store, 2, { ageMs: 1 });
    let kept = await store.read('world', 0);
    while (kept?.messages.length !== 0) kept = await store.read('world', 0);
    expect(kept).toMatchObject({ epoch, offset: 2, first: 3 });
    expect(await store.append('world', Buffer.from('m3'), { ...ROOMY, bytes: 2 })).toEqual({
      epoch,
      offset: 3,
    });
    expect(await held(store)).toEqual([3, 3, ['m3']]);
  });

  it('that is removed begins another epoch', async () => {
    const store = await makeStore();
    const epoch = await fill(store, 2);
    await store.remove('world');
    expect(await store.read('world', 0)).toBeUndefined();
    expect(await fill(store, 1)).not.toBe(epoch);
  });
});

describe('a history in memory', () => {
  it('forgets channels that nobody publishes to any more', async () => {
    const store = new MemoryChannelHistory({ forgetMs: 1 });
    for (let channel = 0; channel < 50; channel += 1)
      await store.append(`game-${channel}`, Buffer.from('m'), { ...ROOMY, ageMs: 1 });
    const from = performance.now();
    await until(() => performance.now() > from + 2);
    for (let count = 0; count < 50; count += 1) await store.append('world', Buffer.from('m'), ROOMY);
    expect(store.size).toBe(1);
  });
});

describe('a history in Redis', () => {
  it('expires by itself, the messages at their age and the count a day later, under its prefix', async () => {
    const client = connectTo(await RedisServer.start());
    const store = new RedisChannelHistory(client, { prefix: 'game:', forgetMs: 90_000 });
    await store.append('world', Buffer.from('m'), { ...ROOMY, ageMs: 60_000 });
    expect((await client.keys('*')).toSorted()).toEqual(['game:{world}:ends', 'game:{world}:messages']);
    const [ends, messages] = [
      await client.pttl('game:{world}:ends'),
      await client.pttl('game:{world}:messages'),
    ];
    expect([ends > 60_000, ends <= 90_000, messages > 30_000, messages <= 60_000]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    await store.append('world', Buffer.from('m'), { ...ROOMY, ageMs: 1 });
    expect(await client.pttl('game:{world}:messages')).toBeGreaterThan(30_000);
  });

  it('begins another epoch when Redis has lost the count, whatever is left of the messages', async () => {
    const client = connectTo(await RedisServer.start());
    const store = new RedisChannelHistory(client);
    const epoch = await fill(store, 3);
    await client.del('pomelo:history:{world}:ends');
    expect(await fill(store, 1)).not.toBe(epoch);
    expect(await held(store)).toEqual([1, 1, ['m1']]);
  });

  it('works over a connection that puts a prefix in front of all keys', async () => {
    const server = await RedisServer.start();
    const client = new Redis(server.url, { keyPrefix: 'app:' });
    closeAfterTest({ close: async () => client.disconnect() });
    const store = new RedisChannelHistory(client);
    await fill(store, 2);
    expect(await held(store)).toEqual([2, 1, ['m1', 'm2']]);
    await store.remove('world');
    expect(await connectTo(server).keys('*')).toEqual([]);
  });
});

interface Fleet {
  readonly one: ChannelServer;
  readonly room: ChannelServer;
}

/** Every server with a store of its own, on one Redis. */
async function startFleet(): Promise<Fleet> {
  const server = await RedisServer.start();
  const cluster = redis({ url: server.url });
  const start = (id: string, types: readonly string[], isFrontend: boolean): Promise<ChannelServer> =>
    startServer({
      cluster,
      id,
      types,
      channels: { history: storeOn(server) },
      ...(isFrontend ? {} : { connectors: [] }),
    });
  const [one, room] = [await start('connector-1', ['connector'], true), await start('room-1', ['t'], false)];
  await acquainted(one, room);
  return { one, room };
}

const bodiesOf = (answer: HistoryAnswer | undefined): unknown[] | undefined =>
  answer?.messages.map(({ body }) => body);

describe('a cluster-wide channel with a history in Redis', () => {
  const history = { size: 100, stamp: 'seq' };

  it('is published to from every server, and read on every one', async () => {
    const { one, room } = await startFleet();
    const published = [
      await room.globals.publish('world', 'onChat', { n: 1 }, history),
      await one.globals.publish('world', 'onChat', { n: 2 }, history),
    ];
    expect(published.map(({ offset, frontends }) => [offset, frontends])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    const answers = [await room.globals.since('world'), await one.globals.since('world')];
    expect(answers.map(bodiesOf)).toEqual([
      [{ n: 1 }, { n: 2 }],
      [{ n: 1 }, { n: 2 }],
    ]);
    expect(await one.globals.since('world', published[0])).toMatchObject({
      recovered: true,
      messages: [{ offset: 2, route: 'onChat', body: { n: 2 } }],
      offset: 2,
    });
  });

  it('is joined from a back end without a gap, while others publish; stamps tell what came twice', async () => {
    const { one, room } = await startFleet();
    const ann = await one.visit('ann');
    const over = new AbortController();
    let published = 0;
    const talk = (async (): Promise<void> => {
      while (!over.signal.aborted)
        published = (await room.globals.publish('world', 'onChat', {}, history)).offset;
    })();
    await until(() => published > 5);
    const answer = await room.probe.as(ann.client, (session) => room.globals.join('world', session));
    const live = async (): Promise<number[]> =>
      (await ann.received()).map((body) => (body as { seq: number }).seq);
    while ((await live()).length < 20) await new Promise(setImmediate);
    over.abort();
    await talk;
    const offsets = answer?.messages.map(({ offset }) => offset) ?? [];
    const fresh = (await live()).filter((seq) => seq > (answer?.offset ?? 0));
    const all = [...offsets, ...fresh];
    expect(all).toEqual(all.map((_unused, index) => (all[0] ?? 0) + index));
  });

  it('gives somebody of another epoch, and somebody who was away for too long, the last messages', async () => {
    const { one } = await startFleet();
    const first = await one.globals.publish('world', 'onChat', 0, { size: 2 });
    for (const body of [1, 2, 3]) await one.globals.publish('world', 'onChat', body, { size: 2 });
    const asked = [
      { epoch: 'another', offset: 3 },
      { epoch: first.epoch, offset: 9 },
      { epoch: first.epoch, offset: 1 },
      undefined,
    ];
    for (const position of asked) {
      const answer = await one.globals.since('world', position);
      expect([answer.recovered, bodiesOf(answer)]).toEqual([false, [2, 3]]);
    }
    await one.globals.forgetHistory('world');
    expect(await one.globals.since('world', first)).toEqual({
      recovered: false,
      messages: [],
      epoch: '',
      offset: 0,
    });
  });

  it('lets nobody in who may not be added', async () => {
    const { one, room } = await startFleet();
    const guest = await one.visit();
    await one.globals.publish('world', 'onChat', 1, history);
    expect(
      await room.probe.as(guest.client, (session) => room.globals.join('world', session)),
    ).toBeUndefined();
  });
});

describe('the history of cluster-wide channels', () => {
  it('is kept in memory where there is one server, without an option', async () => {
    const globals = (await startApp()).app.get(GlobalChannelService);
    await globals.publish('world', 'onChat', 1, { size: 9 });
    expect(bodiesOf(await globals.since('world'))).toEqual([1]);
  });

  it('is refused in a cluster that was given no store', async () => {
    const cluster = memory();
    const [one, room] = [await frontend(cluster, 'connector-1'), await backend(cluster, 'room-1')];
    await acquainted(one, room);
    const refusal = { code: 500, reason: 'HISTORY_WITHOUT_STORE' };
    await expect(room.globals.publish('world', 'onChat', 1, { size: 9 })).rejects.toMatchObject(refusal);
    await expect(one.globals.since('world')).rejects.toMatchObject(refusal);
  });

  it('that cannot be kept is not pushed either, which the publisher is told with 503', async () => {
    const server = await RedisServer.start();
    const options = { channels: { history: storeOn(server, { timeoutMs: 100 }) } };
    const one = await startServer({ id: 'server-1', types: ['t'], ...options });
    const ann = await one.visit('ann');
    await one.globals.add('world', ann.session);
    server.freeze();
    await expect(one.globals.publish('world', 'onChat', 1, { size: 9 })).rejects.toMatchObject({
      code: 503,
      reason: 'HISTORY_FAILED',
      told: 'Try again later.',
    });
    server.thaw();
    expect(await ann.received()).toEqual([]);
  });

  it.each([
    [{ history: {} }, 'channels.history is {}, but it must be an object with append(), read(), remove()'],
    [{ store: 1 }, 'channels.store is 1, but it must be absent'],
  ])('with a wrong option stops the start with a sentence: %#', async (channels, sentence) => {
    expect(await refusalOf(() => startApp({ options: { channels: channels as never } }))).toContain(sentence);
  });
});
