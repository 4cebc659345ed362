import { ChannelService, exitOnSignal } from 'nestjs-pomelo';
import { nats } from 'nestjs-pomelo/nats';
import { PomeloClient, type KickEvent } from 'nestjs-pomelo-client';
import { nextEvent } from './client/next-event.js';
import { Stage } from './cluster/matrix/support/stage.js';

import type { ShutdownSettings } from './fixtures/shutdown/settings.js';
import { closeAfterTest, refusalOf, startApp } from './support/pomelo-app.js';
import { Program } from './support/program.js';
import { handshake, RawClient } from './support/raw-client.js';

interface BusyServer {
  readonly server: Program;
  readonly port: number;
  /** The answer of a request that the server works on until it is sent SIGUSR2. */
  readonly answer: Promise<unknown>;
  readonly kicked: Promise<KickEvent>;
}

async function start(settings: ShutdownSettings = {}): Promise<{ server: Program; port: number }> {
  const server = Program.start('specs/test/fixtures/shutdown/main.js', { args: [JSON.stringify(settings)] });
  return { server, port: Number(await server.printed(/^port (\d+)$/m)) };
}

async function startBusy(settings: ShutdownSettings = {}): Promise<BusyServer> {
  const { server, port } = await start(settings);
  const client = closeAfterTest(
    await PomeloClient.connect(`tcp://127.0.0.1:${port}`, { reconnect: false, requestTimeoutMs: 60_000 }),
  );
  const kicked = nextEvent(client, 'kick');
  const answer = client.request('t.work.save').catch((error: unknown) => error);
  await server.printed(/^(saving)$/m);
  return { server, port, answer, kicked };
}

const readiness = async (port: number): Promise<number> =>
  (await fetch(`http://127.0.0.1:${port}/readyz`)).status;

/** Resolves when a server that was told to stop says so. */
async function draining(port: number): Promise<void> {
  while ((await readiness(port)) !== 503);
}

describe('a server that is told to stop by a signal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'is not ready at once, takes nobody in, answers what it works on, and ends with 0: %s',
    async (signal) => {
      const { server, port, answer, kicked } = await startBusy();
      expect(await readiness(port)).toBe(200);
      server.signal(signal);
      await draining(port);
      const newcomer = await RawClient.open(port);
      newcomer.send(handshake({ sys: {} }));
      await newcomer.closed;
      server.signal('SIGUSR2');
      // Its database was there until then.
      expect(await answer).toEqual({ code: 200 });
      expect(await kicked).toMatchObject({ reason: 'stopping', body: { code: 4503 } });
      expect(await server.ended()).toBe(0);
      expect(server.output).toContain(`shut down by ${signal}`);
    },
  );

  it.each([
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGTERM', 'SIGINT', 130],
    ['SIGINT', 'SIGINT', 130],
  ] as const)('ends at once when it is told so again: %s, then %s', async (first, second, code) => {
    const { server, port, answer } = await startBusy();
    server.signal(first);
    await draining(port);
    // Those of one tenth of a second are one.
    const again = setInterval(() => server.signal(second), 50);
    expect(await server.ended()).toBe(code);
    clearInterval(again);
    expect(server.output + server.errors).toContain(`${second}, while the server stops: it ends at once`);
    expect(await answer).toMatchObject({ code: 'CLOSED' });
  });

  it('takes signals that come together for one: npm passes on what a terminal sends to both', async () => {
    const { server, answer } = await startBusy();
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM'] as const) server.signal(signal);
    server.signal('SIGUSR2');
    expect(await answer).toEqual({ code: 200 });
    expect(await server.ended()).toBe(0);
  });

  it.each([
    ['a hook forgets an error', { hook: 'forgets' }, 1, 'stops the server: Error: forgotten'],
    ['Nest cannot close the application', { stubborn: true }, 1, 'The shutdown failed: Error: not yet'],
    ['a hook has set another one', { hook: 'setsExitCode' }, 3, ''],
  ] as const)('ends with another code when %s', async (_name, settings, code, text) => {
    const { server } = await start(settings);
    server.signal('SIGTERM');
    expect(await server.ended()).toBe(code);
    expect(server.errors).toContain(text);
  });

  it('heeds the signals that it was told to, and no others', async () => {
    const { server } = await start({ signals: ['SIGHUP'] });
    server.signal('SIGHUP');
    expect(await server.ended()).toBe(0);
    expect(server.output).toContain('shut down by SIGHUP');
    const other = await start({ signals: ['SIGHUP'] });
    other.server.signal('SIGTERM');
    expect(await other.server.ended()).toBeNull();
  });
});

describe('a frontend of a cluster that is told to stop', () => {
  it('leaves nothing behind: its users, members of channels and place in the cluster are gone when it is', async () => {
    const stage = await Stage.start();
    const frontends = await stage.members(['connector-1', 'connector-2'], { single: 'kickOld' });
    const observer = await stage.observer(frontends);
    for (const [index, uid] of ['ann', 'bob'].entries())
      await (await stage.client(frontends[index] ?? frontends[0])).request('connector.entry.enter', { uid });
    const channel = observer.running.app.get(ChannelService).createChannel('room');
    channel.add('ann', 'connector-1');
    channel.add('bob', 'connector-2');
    const store = closeAfterTest(nats({ servers: stage.broker.url }).createBindings());
    await store.open('pomelo');
    const bindings = async (): Promise<number[]> =>
      (await store.getMany(['ann', 'bob'])).map(({ length }) => length);
    expect(await bindings()).toEqual([1, 1]);

    expect(await frontends[0].end('SIGTERM')).toBe(0);
    expect(await bindings()).toEqual([0, 1]);
    await stage.clock.until(() => !observer.sees('connector-1'));
    expect(observer.leaves).toMatchObject([{ id: 'connector-1', why: 'bye' }]);
    expect(channel.getMembers()).toEqual(['bob']);
    expect(frontends[0].log).toBe('');
  });
});

describe('exitOnSignal', () => {
  it('takes its listeners away again', async () => {
    const { app } = await startApp();
    const listeners = () => ['SIGTERM', 'SIGINT'].map((signal) => process.listenerCount(signal));
    const before = listeners();
    const stop = exitOnSignal(app);
    expect(listeners()).toEqual(before.map((count) => count + 1));
    stop();
    expect(listeners()).toEqual(before);
  });

  it.each(['SIGKILL', 'SIGNAL', 15])('refuses a signal that cannot be heard: %s', async (signal) => {
    const { app } = await startApp();
    const options = { signals: [signal as NodeJS.Signals] };
    expect(await refusalOf(() => exitOnSignal(app, options))).toContain('exitOnSignal.signals is');
  });
});

describe('the demo', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 when it is told to: %s', async (signal) => {
    const demo = Program.start('main.js', { env: { PORT: '0' } });
    await demo.printed(/^Chat: (\S+)$/m);
    demo.signal(signal);
    expect(await demo.ended()).toBe(0);
  });
});
