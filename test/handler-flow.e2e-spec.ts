import { Body } from '@nestjs/common';
import { Handler } from 'nestjs-pomelo';
import { once } from 'node:events';
import { ask } from './support/ask.js';
import { startApp } from './support/pomelo-app.js';
import { until } from './support/until.js';
import { RawClient, readMessage, request } from './support/raw-client.js';

/** Handlers that finish when the test says so. */
function makeGate(): {
  readonly provider: new () => object;
  readonly started: number[];
  open(n: number): void;
} {
  const started: number[] = [];
  const waiting = new Map<number, (value: unknown) => void>();
  @Handler('t.gate')
  class Gate {
    @Handler() wait(@Body('n') n: number): Promise<unknown> {
      started.push(n);
      return new Promise((resolve) => waiting.set(n, resolve));
    }
    @Handler() started(): number[] {
      return started;
    }
    @Handler() never(): Promise<never> {
      return new Promise(() => {});
    }
  }
  return { provider: Gate, started, open: (n) => waiting.get(n)?.({ n }) };
}

describe('a request always ends', () => {
  it('with 504 when its handler does not answer in limits.requestMs', async () => {
    const gate = makeGate();
    const { connect } = await startApp({
      providers: [gate.provider],
      options: { limits: { requestMs: 60 } },
    });
    const client = await connect();
    const [first, second] = await Promise.all([ask(client, 't.gate.never'), ask(client, 't.gate.never')]);
    expect(first).toEqual({ code: 504, msg: 'The request took too long.' });
    expect(second).toEqual(first);
  });

  it('once: an answer that comes after the 504 is dropped', async () => {
    const gate = makeGate();
    const options = { limits: { requestMs: 40 } };
    const { port } = await startApp({ providers: [gate.provider], options });
    const client = await RawClient.ready(port);
    client.send(request(1, 't.gate.wait', { n: 1 }));
    expect(readMessage(await client.packages.take()).json).toMatchObject({ code: 504 });
    gate.open(1);
    client.send(request(2, 't.gate.started'));
    expect(readMessage(await client.packages.take()).head.id).toBe(2);
  });

  it('also when two requests in flight have the same id: each gets its answer', async () => {
    const gate = makeGate();
    const { port } = await startApp({ providers: [gate.provider] });
    const client = await RawClient.ready(port);
    client.send(request(7, 't.gate.wait', { n: 1 }), request(7, 't.gate.wait', { n: 2 }));
    client.send(request(8, 't.gate.started'));
    expect(readMessage(await client.packages.take()).json).toEqual([1, 2]);
    gate.open(2);
    gate.open(1);
    const answers = [await client.packages.take(), await client.packages.take()].map(readMessage);
    expect(answers.map(({ head, json }) => [head.id, json])).toEqual([
      [7, { n: 2 }],
      [7, { n: 1 }],
    ]);
  });

  it('silently when its client has left meanwhile', async () => {
    const gate = makeGate();
    const { port, connect, log } = await startApp({ providers: [gate.provider] });
    const leaver = await RawClient.ready(port);
    const client = await connect();
    leaver.send(request(1, 't.gate.wait', { n: 1 }));
    while (gate.started.length === 0) await client.request('t.gate.started');
    await leaver.close();
    gate.open(1);
    await client.request('t.gate.started');
    expect(log.matching('error')).toEqual([]);
  });
});

describe('messages of one session', () => {
  it('start in the order in which they were sent, and a slow one holds up nobody', async () => {
    const gate = makeGate();
    const client = await (await startApp({ providers: [gate.provider] })).connect();
    const slow = client.request('t.gate.wait', { n: 1 });
    const numbers = Array.from({ length: 50 }, (_, index) => index + 2);
    const others = numbers.map((n) => client.request('t.gate.wait', { n }));
    expect(await client.request('t.gate.started')).toEqual([1, ...numbers]);
    for (const n of numbers.toReversed()) gate.open(n);
    expect(await Promise.all(others)).toEqual(numbers.map((n) => ({ n })));
    gate.open(1);
    expect(await slow).toEqual({ n: 1 });
  });
});

describe('limits.requestsInFlight', () => {
  it.each(['tcp', 'ws'] as const)(
    'holds exactly, also for requests that come in one piece: %s',
    async (protocol) => {
      const gate = makeGate();
      const options = { limits: { requestsInFlight: 3 } };
      const { connect } = await startApp({ providers: [gate.provider], options });
      const client = await connect({ protocol });
      const numbers = Array.from({ length: 100 }, (_unused, index) => index + 1);
      const answers = numbers.map((n) => client.request('t.gate.wait', { n }));
      const bystander = await connect();
      for (const n of numbers) {
        await until(() => gate.started.length >= Math.min(n + 2, 100));
        await bystander.request('t.gate.started');
        expect(gate.started).toEqual(numbers.slice(0, n + 2));
        gate.open(n);
      }
      expect(await Promise.all(answers)).toEqual(numbers.map((n) => ({ n })));
    },
  );

  const LIMIT = 4;
  const BODY = 'x'.repeat(60_000);

  it('stops reading from a client that has too many requests in flight, and loses none', async () => {
    const gate = makeGate();
    const options = { limits: { requestsInFlight: LIMIT } };
    const { port, connect } = await startApp({ providers: [gate.provider], options });
    const greedy = await RawClient.ready(port);
    const total = 300;
    for (let n = 1; n <= total; n += 1) greedy.send(request(n, 't.gate.wait', { n, filler: BODY }));
    const bystander = await connect();
    while (gate.started.length < LIMIT) await bystander.request('t.gate.started');
    // 18 MB do not fit into the buffers of the kernel: what waits there proves that nobody reads.
    expect(gate.started.length).toBeLessThan(total);
    expect(greedy.socket.writableLength).toBeGreaterThan(0);
    for (let answered = 0; answered < total; answered += 1) {
      const next = await nextStarted(gate.started, answered, bystander);
      gate.open(next);
      expect(readMessage(await greedy.packages.take()).json).toEqual({ n: next });
    }
    expect(gate.started).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    if (greedy.socket.writableLength > 0) await once(greedy.socket, 'drain');
  });
});

/** The number of the request that was started next, asked for until it is there. */
async function nextStarted(
  started: number[],
  index: number,
  bystander: { request(route: string): Promise<unknown> },
): Promise<number> {
  while (started.length <= index) await bystander.request('t.gate.started');
  return started[index] ?? 0;
}
