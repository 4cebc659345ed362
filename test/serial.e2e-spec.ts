import { Body } from '@nestjs/common';
import {
  ConnectedSession,
  Handler,
  memory,
  type PomeloModuleOptions,
  Serial,
  ServerRegistry,
  Session,
  SessionService,
} from 'nestjs-pomelo';
import type { PomeloClient } from 'nestjs-pomelo-client';
import { defer, from } from 'rxjs';
import { LineConnector } from './fixtures/line.connector.js';
import { ask } from './support/ask.js';
import { LineClient } from './support/line-client.js';
import { Steps } from './support/order/steps.js';
import { startApp, type AppSetup } from './support/pomelo-app.js';
import { RawClient, readMessage, request } from './support/raw-client.js';
import { until } from './support/until.js';

/** Handlers of a shop: those of `t.shop` are serial, and so is one of `t.hall`. */
function shop() {
  @Serial()
  @Handler('chat.shop')
  class Shop {
    readonly steps = new Steps();

    @Handler() buy(@Body('n') n: unknown): Promise<unknown> {
      return this.steps.run(n);
    }
    @Handler() stream(@Body('n') n: unknown): unknown {
      return defer(() => from(this.steps.run(n)));
    }
    @Handler() async promised(@Body('n') n: unknown): Promise<unknown> {
      return this.stream(n);
    }
    @Handler() quick(@Body('n') n: unknown): unknown {
      this.steps.begun.push(n);
      return { n };
    }
    @Handler() fails(): never {
      throw new Error('as it was told to');
    }
    @Handler() async spend(
      @Body('n') n: unknown,
      @ConnectedSession() session: Session,
    ): Promise<{ gold: number }> {
      const gold = Number(session.get('gold') ?? 100) - 10;
      await this.steps.run(n);
      await session.set('gold', gold).pushAll();
      return { gold };
    }
  }
  @Handler('chat.hall')
  class Hall {
    constructor(private readonly shop: Shop) {}

    @Serial()
    @Handler()
    pay(@Body('n') n: unknown): unknown {
      return this.shop.quick(n);
    }
    @Handler() look(@Body('n') n: unknown): unknown {
      return { n };
    }
  }
  return { Shop, Hall };
}

async function startShop({ options }: AppSetup = {}) {
  const { Shop, Hall } = shop();
  const running = await startApp({ providers: [Shop, Hall], ...(options === undefined ? {} : { options }) });
  return { ...running, steps: running.app.get(Shop).steps };
}

/** One server with a shop, and two with clients. */
async function startCluster(options: PomeloModuleOptions = {}) {
  const cluster = memory();
  const { Shop, Hall } = shop();
  const serve = (id: string, types: readonly string[], setup: object) =>
    startApp({ providers: [Shop, Hall], options: { ...options, cluster, server: { id, types }, ...setup } });
  const backend = await serve('chat-1', ['chat'], { connectors: [] });
  const frontends = [
    await serve('connector-1', ['connector'], {}),
    await serve('connector-2', ['connector'], {}),
  ] as const;
  for (const { app } of frontends) await until(() => app.get(ServerRegistry).byType('chat').length === 1);
  return { frontends, steps: backend.app.get(Shop).steps };
}

function buy(client: PomeloClient, n: unknown): Promise<unknown> {
  return ask(client, 'chat.shop.buy', { n });
}

describe('@Serial()', () => {
  it('runs the messages of one session one after another, whichever of its handlers they are for', async () => {
    const { connect, steps } = await startShop();
    const client = await connect();
    const answers = [buy(client, 1), buy(client, 2), ask(client, 'chat.hall.pay', { n: 3 })];
    expect(await client.request('chat.hall.look', { n: 4 })).toEqual({ n: 4 });
    expect(steps.begun).toEqual([1]);
    steps.end(1);
    await steps.haveBegun(2);
    expect(steps.begun).toEqual([1, 2]);
    steps.end(2);
    expect(await Promise.all(answers)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(steps.begun).toEqual([1, 2, 3]);
  });

  it('lets sessions run beside each other, also those of two servers with as many clients', async () => {
    const { frontends, steps } = await startCluster();
    const clients = [await frontends[0].connect(), await frontends[1].connect()];
    const answers = clients.flatMap((client, index) => [
      buy(client, `${index} a`),
      buy(client, `${index} b`),
    ]);
    await steps.haveBegun(2);
    expect(new Set(steps.begun)).toEqual(new Set(['0 a', '1 a']));
    for (const n of ['0 a', '1 a']) steps.end(n);
    await steps.haveBegun(4);
    for (const n of ['0 b', '1 b']) steps.end(n);
    await Promise.all(answers);
  });

  it.each(['stream', 'promised'])('waits for the end of what comes later: %s', async (method) => {
    const { connect, steps } = await startShop();
    const client = await connect();
    const answers = [ask(client, `chat.shop.${method}`, { n: 1 }), ask(client, 'chat.shop.quick', { n: 2 })];
    await steps.haveBegun(1);
    await client.request('chat.hall.look');
    expect(steps.begun).toEqual([1]);
    steps.end(1);
    expect(await Promise.all(answers)).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('goes on after one that failed', async () => {
    const { connect, steps } = await startShop();
    const client = await connect();
    const answers = [
      buy(client, 1),
      ask(client, 'chat.shop.fails'),
      ask(client, 'chat.shop.quick', { n: 3 }),
    ];
    await steps.haveBegun(1);
    steps.end(1);
    expect(await Promise.all(answers)).toEqual([{ n: 1 }, { code: 500 }, { n: 3 }]);
  });
});

describe('a message that waits for a serial handler', () => {
  it.each(['the same server', 'another server'])(
    'sees what the one before wrote into the session: on %s',
    async (where) => {
      const { connect, steps } =
        where === 'the same server'
          ? await startShop()
          : await startCluster().then(({ frontends, steps: far }) => ({ ...frontends[0], steps: far }));
      const client = await connect();
      const answers = [1, 2, 3].map((n) => client.request('chat.shop.spend', { n }));
      for (const n of [1, 2, 3]) {
        await steps.haveBegun(n);
        steps.end(n);
      }
      expect(await Promise.all(answers)).toEqual([{ gold: 90 }, { gold: 80 }, { gold: 70 }]);
    },
  );

  it('gets 504 in its time and is not run then, while the one before keeps its place until it really ends', async () => {
    const { connect, steps } = await startShop({ options: { limits: { requestMs: 150 } } });
    const client = await connect();
    const answers = await Promise.all([buy(client, 1), buy(client, 2)]);
    expect(answers).toEqual(answers.map(() => expect.objectContaining({ code: 504 })));
    const [late, other] = [buy(client, 3), await connect()];
    expect(await ask(other, 'chat.shop.quick', { n: 'other' })).toEqual({ n: 'other' });
    expect(await late).toMatchObject({ code: 504 });
    steps.end(1);
    expect(await ask(client, 'chat.shop.quick', { n: 4 })).toEqual({ n: 4 });
    expect(steps.begun).toEqual([1, 'other', 4]);
  });

  it.each(['the same server', 'another server'])(
    "is not run after its 504 with order: 'session' either, where it waited for its turn before: on %s",
    async (where) => {
      const options: PomeloModuleOptions = { order: 'session', limits: { requestMs: 300 } };
      const { connect, steps } =
        where === 'the same server'
          ? await startShop({ options })
          : await startCluster(options).then(({ frontends, steps: far }) => ({
              ...frontends[0],
              steps: far,
            }));
      const client = await connect();
      const first = buy(client, 1);
      await steps.haveBegun(1);
      const secondAt = performance.now() + 100;
      await until(() => performance.now() >= secondAt);
      const second = buy(client, 2);
      expect(await first).toMatchObject({ code: 504 });
      expect(await second).toMatchObject({ code: 504 });
      steps.end(1);
      expect(await ask(client, 'chat.shop.quick', { n: 3 })).toEqual({ n: 3 });
      expect(steps.begun).toEqual([1, 3]);
    },
  );

  it.each(['the same server', 'another server'])(
    'is not run when its session has ended: on %s',
    async (where) => {
      const { app, port, steps } =
        where === 'the same server'
          ? await startShop()
          : await startCluster().then(({ frontends, steps: far }) => ({ ...frontends[0], steps: far }));
      const [leaver, other] = [await RawClient.ready(port), await RawClient.ready(port)];
      leaver.send(request(1, 'chat.shop.buy', { n: 1 }), request(2, 'chat.shop.quick', { n: 2 }));
      await steps.haveBegun(1);
      await leaver.close();
      await until(() => app.get(SessionService).getSessionsCount() === 1);
      steps.end(1);
      // Long enough for whatever began too late.
      for (const id of [1, 2, 3]) {
        other.send(request(id, 'chat.shop.quick', { n: 'other' }));
        expect(readMessage(await other.packages.take()).json).toEqual({ n: 'other' });
      }
      expect(steps.begun).toEqual([1, 'other', 'other', 'other']);
    },
  );

  it('is refused with 429 behind limits.requestsInFlight others, where the connector cannot stop reading', async () => {
    const options = { connectors: [new LineConnector()], limits: { requestsInFlight: 2 } };
    const { port, steps } = await startShop({ options });
    const client = await LineClient.open(port);
    client.send(...[1, 2, 3, 4].map((id) => ({ id, route: 'chat.shop.buy', body: { n: id } })));
    expect(await client.lines.take()).toMatchObject({ id: 4, body: { code: 429 } });
    for (const n of [1, 2, 3]) {
      await steps.haveBegun(n);
      steps.end(n);
      expect(await client.lines.take()).toMatchObject({ id: n, body: { n } });
    }
  });
});
