import { Body, UseInterceptors } from '@nestjs/common';
import {
  ConnectedSession,
  Handler,
  IdempotencyInterceptor,
  MemoryIdempotencyStore,
  PomeloException,
  RemoteException,
  SlowHandlerInterceptor,
  TimeoutInterceptor,
  type IdempotencyOptions,
  type IdempotencyStore,
  type IdempotentOutcome,
  type Session,
  type SlowHandler,
} from 'nestjs-pomelo';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { concat, delay, lastValueFrom, NEVER, of, toArray } from 'rxjs';
import { ask } from './support/ask.js';
import { Steps } from './support/order/steps.js';
import { refusalOf, startApp } from './support/pomelo-app.js';
import { until } from './support/until.js';

describe('TimeoutInterceptor', () => {
  @UseInterceptors(new TimeoutInterceptor(50))
  @Handler('t.late')
  class Late {
    @Handler() never(): Promise<never> {
      return new Promise(() => {});
    }
    @Handler() endless(): unknown {
      return concat(of(1), NEVER);
    }
  }

  @UseInterceptors(new TimeoutInterceptor(60_000))
  @Handler('t.slow')
  class Slow {
    readonly steps = new Steps();

    @Handler() step(@Body('n') n: unknown): Promise<unknown> {
      return this.steps.run(n);
    }
    @Handler() numbers(): unknown {
      return of(1, 2, 3).pipe(delay(1));
    }
    @Handler() nothing(): void {}
    @Handler() fails(): never {
      throw new PomeloException(4001, 'The room is full');
    }
  }

  it('answers with 504 in its own time, long before limits.requestMs', async () => {
    const { connect, log } = await startApp({ providers: [Late] });
    const client = await connect();
    const late = { code: 504, msg: 'The request took too long.' };
    expect(await ask(client, 't.late.never')).toEqual(late);
    expect(await ask(client, 't.late.endless')).toEqual(late);
    expect(log.matching('error')).toEqual([]);
  });

  it('changes nothing for handlers that are in time', async () => {
    const { app, connect } = await startApp({ providers: [Slow] });
    const client = await connect();
    const answer = client.request('t.slow.step', { n: 1 });
    const { steps } = app.get(Slow);
    await steps.haveBegun(1);
    steps.end(1);
    expect(await answer).toEqual({ n: 1 });
    expect(await ask(client, 't.slow.numbers')).toBe(3);
    expect(await ask(client, 't.slow.nothing')).toEqual({});
    expect(await ask(client, 't.slow.fails')).toEqual({ code: 4001, msg: 'The room is full' });
  });

  it('lets HTTP requests of the same application pass', async () => {
    const context = new ExecutionContextHost([]);
    context.setType('http');
    const handled = new TimeoutInterceptor(1).intercept(context, {
      handle: () => of('a', 'b').pipe(delay(20)),
    });
    expect(await lastValueFrom(handled.pipe(toArray()))).toEqual(['a', 'b']);
  });

  it('stops the start with a time that is none', () => {
    expect(() => new TimeoutInterceptor(0)).toThrow('TimeoutInterceptor is 0, but it must be a whole number');
  });
});

describe('SlowHandlerInterceptor', () => {
  function slowApp(interceptor: SlowHandlerInterceptor) {
    @UseInterceptors(interceptor)
    @Handler('t.slow')
    class Slow {
      @Handler() async take(@Body('ms') ms: number): Promise<void> {
        const endsAt = performance.now() + ms;
        await until(() => performance.now() >= endsAt);
      }
      @Handler() async fail(@Body('ms') ms: number): Promise<void> {
        await this.take(ms);
        throw new PomeloException(4001, 'No');
      }
    }
    return startApp({ providers: [Slow] });
  }

  it('reports handlers that took too long, with route and session, also those that failed', async () => {
    const slow: SlowHandler[] = [];
    const { connect } = await slowApp(new SlowHandlerInterceptor(300, (handler) => slow.push(handler)));
    const client = await connect();
    await ask(client, 't.slow.take', { ms: 0 });
    await ask(client, 't.slow.take', { ms: 301 });
    await ask(client, 't.slow.fail', { ms: 301 });
    const sessionId = expect.stringMatching(/^server-1\./);
    expect(slow).toEqual([
      { handler: 'Slow.take', route: 't.slow.take', sessionId, ms: expect.any(Number) },
      { handler: 'Slow.fail', route: 't.slow.fail', sessionId, ms: expect.any(Number) },
    ]);
    for (const { ms } of slow) expect(ms).toBeGreaterThanOrEqual(300);
  });

  it('logs them, few of many', async () => {
    const { connect, log } = await slowApp(new SlowHandlerInterceptor(1));
    const client = await connect();
    await Promise.all(Array.from({ length: 60 }, () => ask(client, 't.slow.take', { ms: 2 })));
    const [line, ...others] = log.matching('warn');
    expect(line).toMatch(/^Slow\.take \{t\.slow\.take\} for session server-1\.\S+ took \d+ ms$/);
    expect(others.length).toBeLessThan(30);
  });
});

/** An application with a shop whose handlers run once for each key. */
async function startShop(options?: IdempotencyOptions, second?: IdempotencyOptions) {
  @Handler('t.shop')
  class Shop {
    readonly steps = new Steps();
    readonly bought: unknown[] = [];

    @Handler() async enter(@Body('uid') uid: string, @ConnectedSession() session: Session): Promise<void> {
      await session.bind(uid);
    }
    @UseInterceptors(new IdempotencyInterceptor(options))
    @Handler()
    async buy(@Body() body: { n?: unknown }): Promise<unknown> {
      this.bought.push(body.n);
      return { number: this.bought.length };
    }
    @UseInterceptors(new IdempotencyInterceptor(second ?? options))
    @Handler()
    async slow(@Body() { n }: { n: unknown }): Promise<unknown> {
      return this.steps.run(n);
    }
    @UseInterceptors(new IdempotencyInterceptor(options))
    @Handler()
    poor(): never {
      this.bought.push('poor');
      throw new PomeloException(4002, 'Not enough gold', { data: { gold: 3 } });
    }
    @UseInterceptors(new IdempotencyInterceptor(options))
    @Handler()
    broken(): never {
      this.bought.push('broken');
      throw new Error('the database is away');
    }
    @UseInterceptors(new IdempotencyInterceptor(options))
    @Handler()
    cutOff(): never {
      this.bought.push('cut off');
      throw new RemoteException('REMOTE_LOST', { server: 'bank-1', method: 'bank.pay' });
    }
    @UseInterceptors(new IdempotencyInterceptor(options))
    @Handler()
    nothing(): void {
      this.bought.push('nothing');
    }
  }
  const running = await startApp({ providers: [Shop] });
  return { ...running, shop: running.app.get(Shop) };
}

describe('IdempotencyInterceptor', () => {
  it('runs a handler once for each key, and gives its answer again', async () => {
    const { connect, shop } = await startShop();
    const client = await connect();
    const first = await ask(client, 't.shop.buy', { idempotencyKey: 'a' });
    expect(await ask(client, 't.shop.buy', { idempotencyKey: 'a' })).toEqual(first);
    expect(await ask(client, 't.shop.buy', { idempotencyKey: 7 })).toEqual({ number: 2 });
    expect(await ask(client, 't.shop.buy', { idempotencyKey: '7' })).toEqual({ number: 3 });
    expect(shop.bought).toHaveLength(3);
  });

  it('lets those without a key pass', async () => {
    const { connect } = await startShop();
    const client = await connect();
    expect(await ask(client, 't.shop.buy', {})).toEqual({ number: 1 });
    expect(await ask(client, 't.shop.buy', { idempotencyKey: null })).toEqual({ number: 2 });
  });

  it('gives who asks meanwhile the answer of the request that still runs', async () => {
    const { connect, shop } = await startShop();
    const client = await connect();
    const answers = [1, 2].map((n) => ask(client, 't.shop.slow', { n, idempotencyKey: 'a' }));
    await shop.steps.haveBegun(1);
    await ask(client, 't.shop.buy', {});
    shop.steps.end(1);
    expect(await Promise.all(answers)).toEqual([{ n: 1 }, { n: 1 }]);
    expect(shop.steps.begun).toEqual([1]);
  });

  it('gives the same error again when it was thrown on purpose, and runs anew after any other one', async () => {
    const { connect, shop } = await startShop();
    const client = await connect();
    const key = { idempotencyKey: 'a' };
    const poor = { code: 4002, msg: 'Not enough gold', gold: 3 };
    for (const route of ['t.shop.poor', 't.shop.poor']) expect(await ask(client, route, key)).toEqual(poor);
    for (const route of ['t.shop.broken', 't.shop.broken'])
      expect(await ask(client, route, key)).toEqual({ code: 500 });
    expect(shop.bought).toEqual(['poor', 'broken', 'broken']);
  });

  it('runs anew when a part of the cluster was away: who tries again later must not hear of it for ever', async () => {
    const { connect, shop } = await startShop();
    const client = await connect();
    for (const route of ['t.shop.cutOff', 't.shop.cutOff'])
      expect(await ask(client, route, { idempotencyKey: 'a' })).toMatchObject({ code: 504 });
    expect(shop.bought).toEqual(['cut off', 'cut off']);
  });

  it('gives an answer that is nothing again from a store that keeps JSON', async () => {
    const memory = new MemoryIdempotencyStore();
    const store: IdempotencyStore = {
      claim: (key, ttlMs) => memory.claim(key, ttlMs),
      keep: (key, outcome, ttlMs) =>
        memory.keep(key, JSON.parse(JSON.stringify(outcome)) as IdempotentOutcome, ttlMs),
      release: (key) => memory.release(key),
    };
    const { connect, shop } = await startShop({ store });
    const client = await connect();
    for (const key of ['a', 'a'])
      expect(await ask(client, 't.shop.nothing', { idempotencyKey: key })).toEqual({});
    expect(shop.bought).toEqual(['nothing']);
  });

  it('knows a user again after a new login, and nobody else', async () => {
    const { connect, shop } = await startShop();
    const [ann, again, bob, guest] = [await connect(), await connect(), await connect(), await connect()];
    for (const [client, uid] of [
      [ann, 'ann'],
      [again, 'ann'],
      [bob, 'bob'],
    ] as const)
      await client.request('t.shop.enter', { uid });
    for (const client of [ann, again, bob, guest]) await ask(client, 't.shop.buy', { idempotencyKey: 'a' });
    expect(shop.bought).toHaveLength(3);
  });

  it("knows nobody but the session with per: 'session', and takes the key from where it is told", async () => {
    const key = (body: unknown): unknown => (body as { order?: { id?: unknown } }).order?.id;
    const { connect, shop } = await startShop({ per: 'session', key });
    const clients = [await connect(), await connect()] as const;
    for (const client of [...clients, ...clients]) {
      await client.request('t.shop.enter', { uid: 'ann' });
      await ask(client, 't.shop.buy', { order: { id: 'a' } });
    }
    expect(shop.bought).toHaveLength(2);
  });

  it('forgets after ttlMs', async () => {
    const { connect } = await startShop({ ttlMs: 50 });
    const client = await connect();
    const startedAt = performance.now();
    const number = async (): Promise<number> =>
      ((await ask(client, 't.shop.buy', { idempotencyKey: 'a' })) as { number: number }).number;
    expect(await number()).toBe(1);
    while ((await number()) === 1);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(50);
  });

  it.each(['', 'x'.repeat(129), {}, true, 0.5])(
    'refuses what is no key with 400: %j',
    async (idempotencyKey) => {
      const { connect, shop } = await startShop();
      expect(await ask(await connect(), 't.shop.buy', { idempotencyKey })).toMatchObject({ code: 400 });
      expect(shop.bought).toEqual([]);
    },
  );

  it('says 409 when another server works on it, and finds there what became of it', async () => {
    const store = new MemoryIdempotencyStore();
    const { connect, shop } = await startShop({ store }, { store });
    const other = await startShop({ store }, { store });
    const [here, there] = [await connect(), await other.connect()];
    for (const client of [here, there]) await client.request('t.shop.enter', { uid: 'ann' });
    const first = ask(here, 't.shop.slow', { n: 1, idempotencyKey: 'a' });
    await shop.steps.haveBegun(1);
    expect(await ask(there, 't.shop.slow', { n: 2, idempotencyKey: 'a' })).toMatchObject({ code: 409 });
    shop.steps.end(1);
    await first;
    expect(await ask(there, 't.shop.slow', { n: 3, idempotencyKey: 'a' })).toEqual({ n: 1 });
  });

  it('runs nothing while its store cannot be asked, and answers all the same when it cannot keep', async () => {
    let fails: keyof IdempotencyStore = 'claim';
    const memory = new MemoryIdempotencyStore();
    const failing = (method: keyof IdempotencyStore): void => {
      if (method === fails) throw new Error('away');
    };
    const store: IdempotencyStore = {
      claim: async (...args) => (failing('claim'), memory.claim(...args)),
      keep: async (...args) => (failing('keep'), memory.keep(...args)),
      release: async (key) => memory.release(key),
    };
    const { connect, shop, log } = await startShop({ store });
    const client = await connect();
    expect(await ask(client, 't.shop.buy', { idempotencyKey: 'a' })).toEqual({
      code: 503,
      msg: 'Try again later.',
    });
    expect(shop.bought).toEqual([]);
    fails = 'keep';
    expect(await ask(client, 't.shop.buy', { idempotencyKey: 'a' })).toEqual({ number: 1 });
    expect(log.matching('error')).toEqual(['The outcome of a request was not kept: Error: away']);
  });

  it.each<[object, string]>([
    [{ ttl: 5 }, 'IdempotencyInterceptor.ttl is 5, but it must be absent'],
    [{ key: 5 }, 'IdempotencyInterceptor.key is 5, but it must be a function'],
    [{ per: 'user' }, 'IdempotencyInterceptor.per is "user", but it must be "uid" or "session"'],
    [
      { store: {} },
      'IdempotencyInterceptor.store is {}, but it must be an object with claim(), keep(), release()',
    ],
  ])('does not take a wrong option: %j', async (options, sentence) => {
    expect(await refusalOf(() => new IdempotencyInterceptor(options))).toContain(sentence);
  });
});

describe('MemoryIdempotencyStore', () => {
  it('keeps so many at most: the latest', () => {
    const store = new MemoryIdempotencyStore(3);
    for (const key of ['a', 'b', 'c', 'd']) {
      expect(store.claim(key, 60_000)).toBe('yours');
      store.keep(key, { value: key }, 60_000);
    }
    expect(store.size).toBe(3);
    expect(store.claim('d', 60_000)).toEqual({ value: 'd' });
    expect(store.claim('a', 60_000)).toBe('yours');
  });
});
