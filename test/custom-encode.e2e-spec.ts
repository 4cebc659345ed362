import { ErrorReply, type HybridOptions } from 'nestjs-pomelo';
import { bodyOf, Desk, Gates, say, startCoded, write } from './support/coded-app.js';
import { rejectsDuring } from './support/rejects.js';
import { until } from './support/until.js';

describe('an asynchronous encode', () => {
  /** An encoder in which every body waits, unless it is an error. */
  function gated(gates: Gates): Partial<HybridOptions> {
    return {
      encode: async (_client, id, route, body) => {
        if (!(body instanceof ErrorReply)) await gates.pass(body);
        return write(id, route, body);
      },
    };
  }

  it('keeps what a client gets in order, whichever is encoded first', async () => {
    const gates = new Gates();
    const { client } = await startCoded(gated(gates));
    client.send(say(1, 'first'), say(2, 'second'), say(3, 'third'));
    await gates.count(3);
    for (const index of [2, 1, 0]) gates.waiting[index]?.open();
    for (const body of ['first', 'second', 'third']) expect(bodyOf(await client.packages.take())).toBe(body);
  });

  it('keeps order with messages that are encoded at once', async () => {
    const gates = new Gates();
    const { client } = await startCoded({
      encode: (_client, id, route, body) =>
        body === 'slow' ? gates.pass(body).then(() => write(id, route, body)) : write(id, route, body),
    });
    client.send(say(1, 'slow'), say(2, 'fast'));
    await gates.count(1);
    gates.waiting[0]?.open();
    expect(bodyOf(await client.packages.take())).toBe('slow');
    expect(bodyOf(await client.packages.take())).toBe('fast');
  });

  it('may send nothing', async () => {
    const { client } = await startCoded({
      encode: async (_client, id, route, body) => (body === 'nothing' ? undefined : write(id, route, body)),
    });
    client.send(say(1, 'nothing'), say(2, 'something'));
    expect(bodyOf(await client.packages.take())).toBe('something');
  });

  it.each([
    ['with the buffered scheduler', { scheduler: 'buffered', flushIntervalMs: 5 }],
    ['with the direct scheduler', { scheduler: 'direct' }],
  ] as const)('sends everything before the kick that follows it, %s', async (_name, push) => {
    const gates = new Gates();
    const { client } = await startCoded(gated(gates), { push });
    client.send(say(undefined, null, 't.desk.bye'));
    await gates.count(1);
    gates.waiting[0]?.open();
    expect(bodyOf(await client.packages.take())).toBe('slow');
    expect((await client.packages.take())?.json).toEqual({ reason: 'enough' });
    await client.closed;
  });

  it('that fails answers the request with an error, and the session goes on', async () => {
    const gates = new Gates();
    const { client, log } = await startCoded(gated(gates));
    client.send(say(1, 'fails'), say(2, 'works'));
    await gates.count(2);
    gates.waiting[0]?.open(new Error('the encoder is down'));
    gates.waiting[1]?.open();
    expect(bodyOf(await client.packages.take())).toEqual({ code: 500 });
    expect(bodyOf(await client.packages.take())).toBe('works');
    expect(
      log.matching('error', 'hybrid.encode failed for "t.desk.echo": Error: the encoder is down'),
    ).toHaveLength(1);
  });

  it('that fails for a push counts it', async () => {
    const { client } = await startCoded({
      encode: async (_client, id, route, body) => {
        if (route === 'onBye') throw new Error('no');
        return write(id, route, body);
      },
    });
    const rejects = rejectsDuring();
    client.send(say(undefined, null, 't.desk.bye'));
    expect((await client.rest()).map(({ json }) => json)).toEqual([{ reason: 'enough' }]);
    expect(rejects()).toMatchObject([{ reason: 'push_dropped' }]);
  });

  it.each([
    ['bytes that are known', (message: Buffer) => message],
    ['bytes that were promised', async (message: Buffer) => message],
  ])('may keep %s waiting, up to limits.writeBufferHardBytes', async (_name, give) => {
    const text = 'x'.repeat(50_000);
    const codec: Partial<HybridOptions> = {
      encode: (_client, id, route, body) =>
        body === 'hang' ? new Promise(() => {}) : give(write(id, route, body)),
    };
    const { app, client } = await startCoded(codec, { limits: { writeBufferHardBytes: 300_000 } });
    const rejects = rejectsDuring();
    client.send(say(1, 'hang'), ...Array.from({ length: 5 }, (_unused, index) => say(index + 2, text)));
    await until(() => app.get(Desk).seen.length === 6);
    expect(rejects()).toEqual([]);
    client.send(say(7, text));
    expect(await client.rest()).toEqual([]);
    expect(rejects()[0]).toEqual({ layer: 'transport', reason: 'slow_consumer', transport: 'tcp' });
  });

  it.each<[string, NonNullable<HybridOptions['encode']>]>([
    ['never settles', () => new Promise(() => {})],
    ['fails for errors, too', () => Promise.reject(new Error('the encoder is down'))],
  ])('that %s costs the client its connection', async (_name, encode) => {
    const { client } = await startCoded({ encode }, { limits: { requestMs: 40 } });
    client.send(say(1, 'x'));
    expect(await client.rest()).toEqual([]);
  });
});
