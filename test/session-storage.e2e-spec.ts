import { Body } from '@nestjs/common';
import { Redis } from 'ioredis';
import {
  ConnectedSession,
  Handler,
  MemorySessionStorage,
  SessionService,
  type Session,
  type SessionStorage,
  type SessionStorageOptions,
} from 'nestjs-pomelo';
import { RedisSessionStorage } from 'nestjs-pomelo/redis';
import { ask } from './support/ask.js';
import { closeAfterTest, refusalOf, startApp, type RunningApp } from './support/pomelo-app.js';
import { RedisServer } from './support/redis-server.js';
import { until } from './support/until.js';

@Handler('t.store')
class Stored {
  @Handler() async enter(
    @Body() { uid, live = {} }: { uid: string; live?: Record<string, unknown> },
    @ConnectedSession() session: Session,
  ): Promise<unknown> {
    session.set(live);
    await session.pushAll();
    await session.bind(uid);
    return session.toJSON().settings;
  }
  @Handler() async set(
    @Body() values: Record<string, unknown>,
    @ConnectedSession() session: Session,
  ): Promise<void> {
    session.set(values);
    await session.pushAll();
  }
  @Handler() values(@ConnectedSession() session: Session): unknown {
    return session.toJSON().settings;
  }
  @Handler() async leave(@ConnectedSession() session: Session): Promise<void> {
    await session.unbind();
  }
}

function start(persist: SessionStorageOptions): Promise<RunningApp> {
  return startApp({ providers: [Stored], options: { sessions: { persist } } });
}

async function redisStorage(server: RedisServer, timeoutMs = 20_000): Promise<RedisSessionStorage> {
  const redis = new Redis(server.url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  redis.on('error', () => {});
  closeAfterTest({ close: async () => redis.disconnect() });
  return new RedisSessionStorage(redis, { timeoutMs });
}

describe.each([
  ['in memory', async () => new MemorySessionStorage()],
  ['in Redis', async () => redisStorage(await RedisServer.start())],
] as const)('sessions that are stored %s', (_name, makeStorage) => {
  it('are there again when the user comes back, also in another application', async () => {
    const storage = await makeStorage();
    const first = await start({ storage });
    const client = await first.connect();
    await ask(client, 't.store.enter', { uid: 'ann' });
    await ask(client, 't.store.set', { room: 'lobby', score: [1, { best: 2 }] });
    await client.close();
    const second = await start({ storage });
    const answer = await ask(await second.connect(), 't.store.enter', { uid: 'ann' });
    expect(answer).toEqual({ room: 'lobby', score: [1, { best: 2 }] });
  });

  it('belong to a user: another one gets nothing of them, and neither does a guest', async () => {
    const { connect } = await start({ storage: await makeStorage() });
    const ann = await connect();
    await ask(ann, 't.store.enter', { uid: 'ann', live: { room: 'lobby' } });
    expect(await ask(await connect(), 't.store.enter', { uid: 'bob' })).toEqual({});
    expect(await ask(await connect(), 't.store.values')).toEqual({});
  });

  it('forget a value that was deleted', async () => {
    const storage = await makeStorage();
    const { connect } = await start({ storage });
    const client = await connect();
    await ask(client, 't.store.enter', { uid: 'ann', live: { room: 'lobby', score: 1 } });
    await ask(client, 't.store.set', { room: null });
    expect(await storage.query('ann')).toEqual({ room: null, score: 1 });
  });

  it('are forgotten when the user is unbound', async () => {
    const storage = await makeStorage();
    const { connect } = await start({ storage });
    const client = await connect();
    await ask(client, 't.store.enter', { uid: 'ann', live: { room: 'lobby' } });
    await ask(client, 't.store.leave');
    expect(await storage.query('ann')).toBeUndefined();
  });

  it.each([
    ['liveWins', { room: 'live', old: 1, fresh: 2 }],
    ['storedWins', { room: 'stored', old: 1, fresh: 2 }],
    [() => ({ chosen: true }), { chosen: true }],
  ] as const)('are merged with what the session has, as the option says: %s', async (merge, expected) => {
    const storage = await makeStorage();
    await storage.store('ann', { room: 'stored', old: 1 });
    const { connect } = await start({ storage, merge });
    const client = await connect();
    await ask(client, 't.store.set', { room: 'live', fresh: 2 });
    expect(await ask(client, 't.store.enter', { uid: 'ann' })).toEqual(expected);
    expect(await storage.query('ann')).toEqual(expected);
  });

  it('are kept alive while the user is connected', async () => {
    const storage = await makeStorage();
    const beats: string[] = [];
    const counted: SessionStorage = {
      query: (uid) => storage.query(uid),
      store: (uid, settings) => storage.store(uid, settings),
      delete: (uid) => storage.delete(uid),
      heartbeat: async (uid) => {
        await storage.heartbeat(uid);
        beats.push(uid);
      },
    };
    const { connect } = await start({ storage: counted, heartbeatMs: 10 });
    await connect();
    await ask(await connect(), 't.store.enter', { uid: 'ann' });
    await until(() => beats.length > 3);
    expect(new Set(beats)).toEqual(new Set(['ann']));
  });
});

describe('a storage that expires', () => {
  it('in memory forgets who was not heard of for its time, and keeps no table of them', async () => {
    const storage = new MemorySessionStorage({ ttlMs: 1 });
    for (let user = 0; user < 100; user += 1) await storage.store(`user-${user}`, {});
    const from = Date.now();
    await until(() => Date.now() > from + 2);
    expect(await storage.query('user-99')).toBeUndefined();
    for (let user = 0; user < 100; user += 1) await storage.store('again', {});
    expect(storage.size).toBeLessThan(5);
  });

  it('in Redis expires by itself, and not while there are heartbeats', async () => {
    const server = await RedisServer.start();
    const redis = new Redis(server.url);
    closeAfterTest({ close: async () => redis.disconnect() });
    const storage = new RedisSessionStorage(redis, { ttlMs: 60_000, prefix: 'game:' });
    await storage.store('ann', { room: 'lobby' });
    expect(await redis.pttl('game:ann')).toBeGreaterThan(50_000);
    await redis.pexpire('game:ann', 20_000);
    await storage.heartbeat('ann');
    expect(await redis.pttl('game:ann')).toBeGreaterThan(50_000);
  });
});

describe('a storage that fails', () => {
  it('lets nobody bind, says so with 503, and binds again when it works again', async () => {
    const server = await RedisServer.start();
    const { app, log, connect } = await start({ storage: await redisStorage(server, 300) });
    const client = await connect();
    await ask(client, 't.store.enter', { uid: 'before', live: { room: 'lobby' } });
    await server.kill();
    const other = await connect();
    expect(await ask(other, 't.store.enter', { uid: 'ann' })).toEqual({
      code: 503,
      msg: 'The session cannot be stored now.',
    });
    expect(app.get(SessionService).getByUid('ann')).toEqual([]);
    expect(log.matching('error', 'The session storage failed to query "ann"')).toHaveLength(1);
    expect(await ask(client, 't.store.set', { score: 1 })).toMatchObject({ code: 503 });
    expect(await ask(client, 't.store.values')).toEqual({ room: 'lobby', score: 1 });
    await server.start();
    let answer: unknown;
    do answer = await ask(other, 't.store.enter', { uid: 'ann' });
    while ((answer as { code?: number }).code === 503);
    expect(answer).toEqual({});
  });

  it('costs no user another one: what the newest push says is what is stored', async () => {
    const writes: unknown[] = [];
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const slow: SessionStorage = {
      query: async () => undefined,
      store: async (_uid, settings) => {
        writes.push({ ...settings });
        if (writes.length === 2) await gate;
      },
      delete: async () => {},
      heartbeat: async () => {},
    };
    const { connect } = await start({ storage: slow });
    const client = await connect();
    await ask(client, 't.store.enter', { uid: 'ann' });
    const all = [1, 2, 3, 4].map((score) => ask(client, 't.store.set', { score }));
    await until(() => writes.length === 2);
    release();
    await Promise.all(all);
    expect(writes.at(-1)).toEqual({ score: 4 });
    expect(writes.length).toBeLessThanOrEqual(4);
  });
});

describe('an option of sessions.persist', () => {
  it.each([
    [{ storage: {} }, 'sessions.persist.storage is {}, but it must be an object with query(), store()'],
    [{ storage: new MemorySessionStorage(), merge: 'mine' }, 'sessions.persist.merge is "mine"'],
    [{ storage: new MemorySessionStorage(), heartbeatMs: 0 }, 'sessions.persist.heartbeatMs is 0'],
    [{ storage: new MemorySessionStorage(), ttl: 1 }, 'sessions.persist.ttl is 1, but it must be absent'],
  ])('with a wrong value stops the start with a sentence: %#', async (persist, sentence) => {
    expect(await refusalOf(() => start(persist as never))).toContain(sentence);
  });
});
