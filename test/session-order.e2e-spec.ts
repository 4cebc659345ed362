import { currentRequest, Handler, memory, ServerRegistry, SessionService } from 'nestjs-pomelo';
import { LineClient } from './support/line-client.js';
import { LineConnector } from './fixtures/line.connector.js';
import { stepHandler } from './support/order/steps.js';
import { refusalOf, startApp, type AppSetup } from './support/pomelo-app.js';
import { RawClient, readMessage, request } from './support/raw-client.js';
import { until } from './support/until.js';

async function startSteps({ options, ...setup }: AppSetup = {}) {
  const handler = stepHandler('t.desk');
  const running = await startApp({
    ...setup,
    providers: [handler, ...(setup.providers ?? [])],
    options: { order: 'session', ...options },
  });
  return { ...running, steps: running.app.get(handler).steps };
}

function step(n: number, route = 't.desk.step'): Uint8Array {
  return request(n, route, { n });
}

/** Lets nothing happen in this process for a time, in ms. */
function freeze(ms: number): void {
  const endsAt = performance.now() + ms;
  while (performance.now() < endsAt);
}

/** The ids of the next answers. */
async function nextIds(client: RawClient, count: number): Promise<(number | undefined)[]> {
  const ids: (number | undefined)[] = [];
  while (ids.length < count) ids.push(readMessage(await client.packages.take()).head.id);
  return ids;
}

describe("order: 'session'", () => {
  it('begins a message when the one before has been answered, and answers in that order', async () => {
    const { port, steps } = await startSteps();
    const client = await RawClient.ready(port);
    client.send(step(1), step(2), step(3, 't.desk.quick'), step(4));
    await steps.haveBegun(1);
    client.send(step(5));
    for (const n of [1, 2]) {
      expect(steps.begun).toEqual([1, 2].slice(0, n));
      steps.end(n);
      expect(await nextIds(client, 1)).toEqual([n]);
      await steps.haveBegun(n + 1);
    }
    expect(await nextIds(client, 1)).toEqual([3]);
    expect(steps.begun).toEqual([1, 2, 3, 4]);
    steps.end(4);
    await steps.haveBegun(5);
    steps.end(5);
    expect(await nextIds(client, 2)).toEqual([4, 5]);
  });

  it('holds up nobody else', async () => {
    const { connect, steps } = await startSteps();
    const [ann, bob] = [await connect(), await connect({ protocol: 'ws' })];
    const slow = ann.request('t.desk.step', { n: 'ann' });
    await steps.haveBegun(1);
    expect(await bob.request('t.desk.quick', { n: 'bob' })).toEqual({ n: 'bob' });
    steps.end('ann');
    await slow;
  });

  it('lets the refusal of a message wait for its turn, too: a wrong route, a wrong body, a failure', async () => {
    const { port, steps } = await startSteps();
    const client = await RawClient.ready(port);
    const broken = request(3, 't.desk.quick', Buffer.from('{'));
    client.send(step(1), step(2, 't.desk.none'), broken, step(4, 't.desk.fails'), step(5, 't.desk.quick'));
    await steps.haveBegun(1);
    steps.end(1);
    expect(await nextIds(client, 5)).toEqual([1, 2, 3, 4, 5]);
  });

  it('is for a notify as for a request', async () => {
    const { connect, steps } = await startSteps();
    const client = await connect();
    client.notify('t.desk.step', { n: 'notified' });
    const answer = client.request('t.desk.quick', { n: 'asked' });
    await steps.haveBegun(1);
    expect(steps.begun).toEqual(['notified']);
    steps.end('notified');
    expect(await answer).toEqual({ n: 'asked' });
  });

  it('is that of single handlers when @Handler says so: others neither wait nor are waited for', async () => {
    const ordered = stepHandler('t.ordered', { order: 'session' });
    const { app, connect, steps } = await startSteps({ providers: [ordered], options: { order: 'start' } });
    const client = await connect();
    const inOrder = app.get(ordered).steps;
    const [first, second] = [1, 2].map((n) => client.request('t.ordered.step', { n }));
    const beside = client.request('t.desk.step', { n: 3 });
    expect(await client.request('t.desk.quick', { n: 4 })).toEqual({ n: 4 });
    expect([inOrder.begun, steps.begun]).toEqual([[1], [3, 4]]);
    inOrder.end(1);
    expect(await first).toEqual({ n: 1 });
    await inOrder.haveBegun(2);
    inOrder.end(2);
    steps.end(3);
    expect(await Promise.all([second, beside])).toEqual([{ n: 2 }, { n: 3 }]);
  });

  it("is not that of handlers with order: 'start'", async () => {
    const free = stepHandler('t.free', { order: 'start' });
    const { connect, steps } = await startSteps({ providers: [free] });
    const client = await connect();
    const slow = client.request('t.desk.step', { n: 1 });
    expect(await client.request('t.free.quick', { n: 2 })).toEqual({ n: 2 });
    steps.end(1);
    await slow;
  });

  it('stops the start when it is no order', async () => {
    const wrong = { order: 'sesion' } as unknown as { order: 'session' };
    expect(await refusalOf(() => startApp({ options: wrong }))).toContain(
      'order is "sesion", but it must be "start" or "session"',
    );
    const providers = [stepHandler('t.wrong', wrong)];
    expect(await refusalOf(() => startApp({ providers }))).toContain(
      '@Handler of StepHandler.step: order is "sesion", but',
    );
  });
});

describe('a message that waits for its turn', () => {
  it('begins after the 504 of the one before, which may still run', async () => {
    const { port, steps } = await startSteps({ options: { limits: { requestMs: 1_000 } } });
    const client = await RawClient.ready(port);
    client.send(step(1));
    await steps.haveBegun(1);
    const begunAt = performance.now();
    await until(() => performance.now() - begunAt > 500);
    client.send(step(2));
    expect(readMessage(await client.packages.take()).json).toMatchObject({ code: 504 });
    await steps.haveBegun(2);
    steps.end(2);
    expect(readMessage(await client.packages.take()).json).toEqual({ n: 2 });
  });

  it('is not run when its own time is over with that of the one before', async () => {
    const { port, steps } = await startSteps({ options: { limits: { requestMs: 100 } } });
    const client = await RawClient.ready(port);
    client.send(step(1), step(2), step(3));
    await steps.haveBegun(1);
    freeze(150);
    const answers = [
      await client.packages.take(),
      await client.packages.take(),
      await client.packages.take(),
    ];
    expect(answers.map((answer) => readMessage(answer).json)).toEqual(
      answers.map(() => expect.objectContaining({ code: 504 })),
    );
    client.send(step(4, 't.desk.quick'));
    expect(await nextIds(client, 1)).toEqual([4]);
    expect(steps.begun).toEqual([1, 4]);
  });

  it('is not run when its session has ended', async () => {
    const { app, port, steps } = await startSteps();
    const client = await RawClient.ready(port);
    client.send(step(1), step(2), step(3));
    await steps.haveBegun(1);
    await client.close();
    await until(() => app.get(SessionService).getSessionsCount() === 0);
    steps.end(1);
    const other = await RawClient.ready(port);
    other.send(step(9, 't.desk.quick'));
    expect(await nextIds(other, 1)).toEqual([9]);
    expect(steps.begun).toEqual([1, 9]);
  });

  it('is answered before a server that stops sends its client away', async () => {
    const { port, steps, close } = await startSteps();
    const client = await RawClient.ready(port);
    client.send(step(1), step(2));
    await steps.haveBegun(1);
    const closed = close();
    steps.end(1);
    await steps.haveBegun(2);
    steps.end(2);
    expect(await nextIds(client, 2)).toEqual([1, 2]);
    await closed;
  });

  it('is what currentRequest names when it begins', async () => {
    const seen: (string | undefined)[] = [];
    @Handler('t.look')
    class Look {
      @Handler() here(): void {
        seen.push(currentRequest()?.route);
      }
    }
    const { connect, steps } = await startSteps({ providers: [Look], options: { trackRequests: true } });
    const client = await connect();
    const both = [client.request('t.desk.step', { n: 1 }), client.request('t.look.here')];
    await steps.haveBegun(1);
    steps.end(1);
    await Promise.all(both);
    expect(seen).toEqual(['t.look.here']);
  });

  it('counts as in flight: with limits.requestsInFlight of them nothing more is read', async () => {
    const { port, connect, steps } = await startSteps({ options: { limits: { requestsInFlight: 4 } } });
    const greedy = await RawClient.ready(port);
    const total = 300;
    const filler = 'x'.repeat(60_000);
    for (let n = 1; n <= total; n += 1) greedy.send(request(n, 't.desk.step', { n, filler }));
    const bystander = await connect();
    await steps.haveBegun(1);
    await bystander.request('t.desk.quick', { n: 'bystander' });
    // 18 MB do not fit into the buffers of the kernel: what waits there proves that nobody reads.
    expect(greedy.socket.writableLength).toBeGreaterThan(0);
    expect(steps.begun).toEqual([1, 'bystander']);
    for (let n = 1; n <= total; n += 1) {
      await steps.haveBegun(n + 1);
      steps.end(n);
    }
    expect(await nextIds(greedy, total)).toEqual(Array.from({ length: total }, (_none, index) => index + 1));
  });

  it('is answered also when thousands wait for their client to be read again, and none of them takes any time', async () => {
    const rates = { messagesPerSecond: 1_000_000, messageBurst: 1_000_000 };
    const { port, steps } = await startSteps({ options: { limits: { requestsInFlight: 1, ...rates } } });
    const client = await RawClient.ready(port);
    const count = 5_000;
    client.send(step(1), ...Array.from({ length: count }, (_none, index) => step(index + 2, 't.desk.quick')));
    await steps.haveBegun(1);
    steps.end(1);
    expect(await nextIds(client, count + 1)).toEqual(Array.from({ length: count + 1 }, (_none, n) => n + 1));
  });

  it('is refused with 429 behind limits.requestsInFlight others, where the connector cannot stop reading', async () => {
    const connectors = [new LineConnector()];
    const limits = { requestsInFlight: 3 };
    const { port, steps } = await startSteps({ options: { connectors, limits } });
    const client = await LineClient.open(port);
    client.send(...[1, 2, 3, 4, 5].map((id) => ({ id, route: 't.desk.step', body: { n: id } })));
    expect(await client.lines.take()).toMatchObject({ id: 5, body: { code: 429 } });
    for (const n of [1, 2, 3, 4]) {
      await steps.haveBegun(n);
      steps.end(n);
      expect(await client.lines.take()).toMatchObject({ id: n, body: { n } });
    }
  });
});

describe("order: 'session' over several servers", () => {
  async function startCluster() {
    const cluster = memory();
    const [chat, game] = [stepHandler('chat.desk'), stepHandler('game.desk')];
    const serve = (type: string, connectors: object) =>
      startApp({
        providers: [chat, game],
        options: { order: 'session', cluster, server: { id: `${type}-1`, types: [type] }, ...connectors },
      });
    const [frontend, chatServer, gameServer] = [
      await serve('connector', {}),
      await serve('chat', { connectors: [] }),
      await serve('game', { connectors: [] }),
    ];
    const registry = frontend.app.get(ServerRegistry);
    await until(() => ['chat', 'game'].every((type) => registry.byType(type).length === 1));
    return { ...frontend, chat: chatServer.app.get(chat).steps, game: gameServer.app.get(game).steps };
  }

  it('begins on one what has ended on the other, and answers in that order', async () => {
    const { port, chat, game } = await startCluster();
    const client = await RawClient.ready(port);
    client.send(step(1, 'chat.desk.step'), step(2, 'game.desk.quick'), step(3, 'chat.desk.quick'));
    await chat.haveBegun(1);
    const other = await RawClient.ready(port);
    other.send(step(4, 'game.desk.quick'));
    expect(await nextIds(other, 1)).toEqual([4]);
    expect([chat.begun, game.begun]).toEqual([[1], [4]]);
    chat.end(1);
    expect(await nextIds(client, 3)).toEqual([1, 2, 3]);
    expect([chat.begun, game.begun]).toEqual([
      [1, 3],
      [4, 2],
    ]);
  });

  it('waits for the end of a notify on another server', async () => {
    const { connect, chat, game, log } = await startCluster();
    const client = await connect();
    client.notify('chat.desk.step', { n: 'notified' });
    const answer = client.request('game.desk.quick', { n: 'asked' });
    await chat.haveBegun(1);
    await (await connect()).request('game.desk.quick', { n: 'bystander' });
    expect(game.begun).toEqual(['bystander']);
    chat.end('notified');
    expect(await answer).toEqual({ n: 'asked' });
    expect(log.matching('warn')).toEqual([]);
  });
});
