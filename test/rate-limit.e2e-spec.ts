import { Redis } from 'ioredis';
import { Handler, type Session } from 'nestjs-pomelo';
import {
  PomeloRateLimitModule,
  RateLimit,
  RateLimitHandshakeGuard,
  type RateLimitOptions,
  type RateLimitRule,
} from 'nestjs-pomelo/rate-limit';
import type { PomeloClient } from 'nestjs-pomelo-client';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import { ask } from './support/ask.js';
import { closeAfterTest, refusalOf, startApp, type AppSetup, type RunningApp } from './support/pomelo-app.js';
import { handshake, PITAYA_SYS, POMELO_SYS, RawClient, readMessage, request } from './support/raw-client.js';
import { RedisServer } from './support/redis-server.js';
import { rejectsDuring } from './support/rejects.js';
import { until } from './support/until.js';

/** Nobody waits that long: what is refused stays refused for the test. */
const seconds = 3_600;
const TWICE: RateLimitRule = { points: 2, seconds };
const TOO_MANY = {
  code: 429,
  msg: expect.stringMatching(/^Too many requests: try again in \d+ ms\.$/),
  retryAfterMs: expect.any(Number),
};

@Handler('t.login')
class Login {
  @Handler() async bind(session: Session, uid: string): Promise<void> {
    await session.bind(uid);
  }
}

@Handler('t.shop')
class Shop {
  sold = 0;

  @RateLimit(TWICE)
  @Handler()
  buy(): number {
    this.sold += 1;
    return this.sold;
  }
  @RateLimit({ ...TWICE, per: 'ip' })
  @Handler()
  look(): string {
    return 'ok';
  }
  @RateLimit({ ...TWICE, per: 'route' })
  @Handler()
  auction(): string {
    return 'ok';
  }
  @RateLimit({ ...TWICE, per: (session) => `guild-${String(session.get('guild'))}` })
  @Handler()
  vault(): string {
    return 'ok';
  }
  @RateLimit({ points: 100, seconds, per: 'ip' }, { points: 1, seconds, failOpen: true })
  @Handler()
  both(): string {
    return 'ok';
  }
  @Handler() free(): string {
    return 'ok';
  }
  @Handler() async guild(session: Session, guild: string): Promise<void> {
    await session.set({ guild }).push('guild');
  }
}

@RateLimit({ points: 3, seconds })
@Handler('t.mail')
class Mail {
  @Handler() read(): string {
    return 'ok';
  }
  @RateLimit({ points: 1, seconds, blockSeconds: 7_200 })
  @Handler()
  send(): string {
    return 'ok';
  }
}

function start(options: RateLimitOptions = {}, setup: AppSetup = {}): Promise<RunningApp> {
  return startApp({
    ...setup,
    imports: [PomeloRateLimitModule.forRoot(options)],
    providers: [Login, Shop, Mail],
  });
}

async function enter({ connect }: RunningApp, uid: string): Promise<PomeloClient> {
  const client = await connect();
  await client.request('t.login.bind', uid);
  return client;
}

async function answers(client: PomeloClient, route: string, count: number): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let n = 0; n < count; n += 1) all.push(await ask(client, route));
  return all;
}

describe('@RateLimit', () => {
  it('answers who asks too often with 429 and the time to wait, and its handler does not run', async () => {
    const running = await start();
    const rejects = rejectsDuring('handler');
    const client = await enter(running, 'ann');
    expect(await answers(client, 't.shop.buy', 4)).toEqual([1, 2, TOO_MANY, TOO_MANY]);
    expect(running.app.get(Shop).sold).toBe(2);
    const { retryAfterMs } = (await ask(client, 't.shop.buy')) as { retryAfterMs: number };
    expect(retryAfterMs > 0 && retryAfterMs <= seconds * 1_000).toBe(true);
    expect(await ask(client, 't.shop.free')).toBe('ok');
    const refusal = { layer: 'handler', reason: 'rate_limited', transport: 'tcp' };
    expect(rejects()).toEqual([refusal, refusal, refusal]);
  });

  it('tells clients of pitaya the time under metadata', async () => {
    const { port } = await start();
    const client = await RawClient.ready(port, PITAYA_SYS);
    for (let id = 1; id <= 3; id += 1) client.send(request(id, 't.shop.look'));
    const answered = [1, 2, 3].map(async () => readMessage(await client.packages.take()));
    const refused = (await Promise.all(answered)).find(({ head }) => head.id === 3);
    expect(refused?.json).toMatchObject({
      code: 'PIT-429',
      metadata: { retryAfterMs: expect.any(Number) },
    });
  });

  it('counts a user over all of its sessions, and guests by their address', async () => {
    const running = await start();
    const [first, second] = [await enter(running, 'ann'), await enter(running, 'ann')];
    await answers(first, 't.shop.buy', 2);
    expect(await ask(second, 't.shop.buy')).toEqual(TOO_MANY);
    expect(await ask(await enter(running, 'bob'), 't.shop.buy')).toBe(3);
    await answers(await running.connect(), 't.shop.buy', 2);
    expect(await ask(await running.connect(), 't.shop.buy')).toEqual(TOO_MANY);
  });

  it.each([
    ['an address', 't.shop.look'],
    ['a route', 't.shop.auction'],
  ])('counts %s over all of its users', async (_name, route) => {
    const running = await start();
    await answers(await enter(running, 'ann'), route, 2);
    expect(await ask(await enter(running, 'bob'), route)).toEqual(TOO_MANY);
  });

  it('counts what a function says', async () => {
    const running = await start();
    const clients = await Promise.all(['ann', 'bob', 'carl'].map((uid) => enter(running, uid)));
    const [ann, bob, carl] = clients as [PomeloClient, PomeloClient, PomeloClient];
    for (const client of [ann, bob]) await client.request('t.shop.guild', 'red');
    await carl.request('t.shop.guild', 'x'.repeat(10_000));
    await answers(ann, 't.shop.vault', 2);
    expect(await ask(bob, 't.shop.vault')).toEqual(TOO_MANY);
    expect(await ask(carl, 't.shop.vault')).toBe('ok');
  });

  it('on a class counts its handlers together, beside the rules of each', async () => {
    const running = await start();
    const client = await enter(running, 'ann');
    expect(await answers(client, 't.mail.send', 2)).toEqual(['ok', TOO_MANY]);
    expect(await answers(client, 't.mail.read', 2)).toEqual(['ok', TOO_MANY]);
  });

  it('blocks for as long as the rule says', async () => {
    const client = await enter(await start(), 'ann');
    await answers(client, 't.mail.send', 1);
    const { retryAfterMs } = (await ask(client, 't.mail.send')) as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(seconds * 1_000);
  });

  it('takes several rules, of which each refuses', async () => {
    const client = await enter(await start(), 'ann');
    expect(await answers(client, 't.shop.both', 2)).toEqual(['ok', TOO_MANY]);
  });

  it('counts for each application alone', async () => {
    await answers(await enter(await start(), 'ann'), 't.shop.buy', 3);
    expect(await ask(await enter(await start(), 'ann'), 't.shop.buy')).toBe(1);
  });
});

describe('RateLimitHandshakeGuard', () => {
  const guarded = { options: { handshakeGuards: [RateLimitHandshakeGuard] } };

  it('refuses who comes too often with 429, before the guards behind it', async () => {
    const running = await start({ handshake: [{ ...TWICE, per: 'ip' }] }, guarded);
    const rejects = rejectsDuring('handshake');
    await running.connect();
    await running.connect();
    const client = await RawClient.open(running.port);
    client.send(handshake({ sys: POMELO_SYS }));
    expect((await client.rest()).map(({ json }) => json)).toEqual([{ code: 429 }]);
    expect(rejects().map(({ reason }) => reason)).toEqual(['rate_limited', 'handshake_refused']);
  });

  it('without rules stops the start', async () => {
    expect(await refusalOf(() => start({}, guarded))).toContain(
      'rateLimit.handshake is [], but it must be one rule or more when RateLimitHandshakeGuard is used',
    );
  });
});

describe('limits in Redis', () => {
  const connections: Redis[] = [];
  afterEach(() => connections.splice(0));

  function connection(server: RedisServer, enableOfflineQueue = true): Redis {
    const patient = { retryStrategy: () => 20, maxRetriesPerRequest: null, enableOfflineQueue };
    const redis = new Redis(server.url, patient);
    redis.on('error', () => {});
    connections.push(redis);
    closeAfterTest({ close: async () => redis.disconnect() });
    return redis;
  }

  /** A connection that is still looking for its server could not be ended. */
  async function backAgain(server: RedisServer): Promise<void> {
    await server.start();
    await until(() => connections.every(({ status }) => status === 'ready'));
  }

  it('hold for all servers together', async () => {
    const server = await RedisServer.start();
    const options: RateLimitOptions = {
      limiter: (settings) => new RateLimiterRedis({ ...settings, storeClient: connection(server) }),
    };
    const [one, two] = [await start(options), await start(options)];
    await answers(await enter(one, 'ann'), 't.shop.buy', 2);
    const ann = await enter(two, 'ann');
    expect(await ask(ann, 't.shop.buy')).toEqual(TOO_MANY);
    expect(await ask(ann, 't.shop.look')).toBe('ok');
    expect(await connection(server).keys('*')).toContain('pomelo:rate:t.shop.buy:uid:ann');
  });

  it('refuse with 503 while Redis is away, or let through what may be, say so once, and count again', async () => {
    const server = await RedisServer.start();
    const running = await start({
      timeoutMs: 200,
      limiter: (settings) => new RateLimiterRedis({ ...settings, storeClient: connection(server) }),
    });
    const client = await enter(running, 'ann');
    await answers(client, 't.shop.buy', 1);
    await server.kill();
    expect(await ask(client, 't.shop.buy')).toEqual({ code: 503, msg: 'Try again later.' });
    expect(await ask(client, 't.shop.look')).toMatchObject({ code: 503 });
    expect(running.log.matching('error', 'The store of the rate limits failed: ')).toHaveLength(1);
    await backAgain(server);
    let answer: unknown;
    do answer = await ask(client, 't.shop.buy');
    while ((answer as { code?: number }).code === 503);
    expect(running.log.matching('log', 'The store of the rate limits works again')).toHaveLength(1);
  });

  it('let through what a rule with failOpen bounds', async () => {
    const server = await RedisServer.start();
    const running = await start({
      timeoutMs: 200,
      limiter: (settings) =>
        settings.points === 1
          ? new RateLimiterRedis({ ...settings, storeClient: connection(server) })
          : new RateLimiterMemory(settings),
    });
    const client = await enter(running, 'ann');
    await answers(client, 't.shop.both', 1);
    await server.kill();
    expect(await ask(client, 't.shop.both')).toBe('ok');
    await backAgain(server);
  });

  it('are counted in memory meanwhile when they have an insurance', async () => {
    const server = await RedisServer.start();
    const running = await start({
      limiter: (settings) => {
        const redis = connection(server, false);
        const insuranceLimiter = new RateLimiterMemory(settings);
        return new RateLimiterRedis({ ...settings, storeClient: redis, insuranceLimiter });
      },
    });
    const client = await enter(running, 'ann');
    await server.kill();
    expect(await answers(client, 't.shop.buy', 3)).toEqual([1, 2, TOO_MANY]);
    await backAgain(server);
  });
});

describe('an option of rate limits', () => {
  it.each([
    [{ limiter: {} }, 'rateLimit.limiter is {}'],
    [{ timeoutMs: 0 }, 'rateLimit.timeoutMs is 0'],
    [{ handshake: [] }, 'rateLimit.handshake is [], but it must be one rule or more'],
    [{ handshake: [{ points: 1 }] }, 'rateLimit.handshake[0].seconds is undefined'],
    [{ limits: [] }, 'rateLimit.limits is [], but it must be absent'],
  ])('of the module with a wrong value stops the start with a sentence: %#', async (options, sentence) => {
    expect(await refusalOf(() => start(options as never))).toContain(sentence);
  });

  it.each([
    [[], '@RateLimit() is [], but it must be one rule or more'],
    [[null], '@RateLimit()[0] is null, but it must be an object'],
    [[{ points: 0, seconds: 1 }], '@RateLimit()[0].points is 0'],
    [[{ points: 1, seconds: 0.5 }], '@RateLimit()[0].seconds is 0.5'],
    [[{ points: 1, seconds: 3_000_000 }], '@RateLimit()[0].seconds is 3000000'],
    [[TWICE, { ...TWICE, blockSeconds: -1 }], '@RateLimit()[1].blockSeconds is -1'],
    [[{ ...TWICE, per: 'user' }], '@RateLimit()[0].per is "user", but it must be "uid", "ip", "route"'],
    [[{ ...TWICE, failOpen: 1 }], '@RateLimit()[0].failOpen is 1'],
    [[{ ...TWICE, duration: 1 }], '@RateLimit()[0].duration is 1, but it must be absent'],
  ])('of a rule with a wrong value cannot even be written: %#', async (rules, sentence) => {
    expect(await refusalOf(() => RateLimit(...(rules as RateLimitRule[])))).toContain(sentence);
  });
});
