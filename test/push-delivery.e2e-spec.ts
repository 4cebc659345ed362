import { ChannelService, SessionService, type HybridOptions, type PushOptions } from 'nestjs-pomelo';
import { encodeMessage, MessageType, PackageType } from 'nestjs-pomelo-protocol';
import { startApp, type RunningApp } from './support/pomelo-app.js';
import { PITAYA_SYS, RawClient, readMessage, request, type ReceivedPackage } from './support/raw-client.js';
import { SessionProbe } from './support/session-probe.js';
import { until } from './support/until.js';

interface Fixture extends RunningApp {
  readonly channels: ChannelService;
  readonly sessions: SessionService;
  /** A raw client whose session is there. */
  readonly ready: (sys?: object) => Promise<RawClient>;
}

async function start(push: PushOptions = {}, hybrid: Partial<HybridOptions> = {}): Promise<Fixture> {
  const running = await startApp({ providers: [SessionProbe], options: { push }, hybrid });
  const ready = async (sys?: object): Promise<RawClient> => {
    const client = await RawClient.ready(running.port, sys);
    client.send(request(1, 't.probe.run'));
    await client.packages.take();
    client.chunks.length = 0;
    return client;
  };
  const [channels, sessions] = [running.app.get(ChannelService), running.app.get(SessionService)];
  return { ...running, channels, sessions, ready };
}

/** A body that counts how often it is written as JSON. */
class CountingBody {
  written = 0;
  toJSON(): object {
    this.written += 1;
    return { n: 1 };
  }
}

async function routesOf(client: RawClient, count: number): Promise<string[]> {
  const packages: (ReceivedPackage | undefined)[] = [];
  while (packages.length < count) packages.push(await client.packages.take());
  return packages.map((received) => readMessage(received).head.route);
}

/** An encoder of the application, which looks at the client. */
const encodeWithSession: HybridOptions['encode'] = (client, id, route, body) => {
  const fields = id === undefined ? { type: MessageType.Push, route } : { type: MessageType.Response, id };
  return Buffer.from(encodeMessage(fields, Buffer.from(JSON.stringify([client.session.id, body]))));
};

function failingSelector(): never {
  throw new Error('selector');
}

describe('one push to many clients', () => {
  it('is encoded once, over TCP and WebSocket alike', async () => {
    const { channels, connect, ready } = await start();
    const clients = [await ready(), await ready(), await ready()];
    const webSocket = await connect({ protocol: 'ws' });
    await webSocket.request('t.probe.run');
    const pushed = webSocket.once('onNews');
    const body = new CountingBody();
    expect(await channels.broadcastHere('onNews', body)).toBe(4);
    expect(body.written).toBe(1);
    expect(await pushed).toEqual({ n: 1 });
    for (const { packages } of clients) expect(readMessage(await packages.take()).json).toEqual({ n: 1 });
  });

  it('is encoded once a dialect, whatever the order of the clients', async () => {
    const { channels, ready } = await start({}, { dictionary: ['onNews'] });
    const pomelo = [await ready(), await ready(PITAYA_SYS), await ready()] as const;
    const body = new CountingBody();
    await channels.broadcastHere('onNews', body);
    expect(body.written).toBe(2);
    const heads = [];
    for (const { packages } of pomelo) heads.push(readMessage(await packages.take()).head);
    expect(heads.map(({ route, routeCode }) => [route, routeCode > 0])).toEqual([
      ['', true],
      ['onNews', false],
      ['', true],
    ]);
  });

  it('is encoded for each client when the application encodes itself: it may look at the client', async () => {
    const { channels, ready, sessions } = await start({}, { encode: encodeWithSession });
    const clients = [await ready(), await ready()];
    const ids: string[] = [];
    sessions.forEachSession(({ id }) => ids.push(id));
    await channels.broadcastHere('onNews', 5);
    for (const [index, { packages }] of clients.entries())
      expect(readMessage(await packages.take()).json).toEqual([ids[index], 5]);
  });
});

describe('push.scheduler', () => {
  it('direct joins what one turn sends into one write', async () => {
    const { channels, ready } = await start();
    const client = await ready();
    for (const route of ['onA', 'onB', 'onC']) void channels.broadcastHere(route, {});
    expect(await routesOf(client, 3)).toEqual(['onA', 'onB', 'onC']);
    expect(client.chunks).toHaveLength(1);
  });

  it('buffered joins what several turns send into one write, in order, answers included', async () => {
    const { channels, ready } = await start({ scheduler: 'buffered', flushIntervalMs: 50 });
    const client = await ready();
    void channels.broadcastHere('onA', {});
    await new Promise(setImmediate);
    void channels.broadcastHere('onB', {});
    client.send(request(2, 't.probe.run'));
    expect(await routesOf(client, 3)).toEqual(['onA', 'onB', '']);
    expect(client.chunks).toHaveLength(1);
  });

  it.each([
    ['a kick', ({ sessions }: Fixture): void => sessions.forEachSession((session) => void session.kick())],
    ['the stop of the server', ({ close }: Fixture): void => void close()],
  ])('buffered sends what waits before %s', async (_name, end) => {
    const fixture = await start({ scheduler: 'buffered', flushIntervalMs: 60_000 }, { heartbeat: 60 });
    const client = await RawClient.ready(fixture.port);
    expect(await client.packages.take()).toMatchObject({ type: PackageType.Heartbeat });
    await fixture.channels.broadcastHere('onLast', {});
    end(fixture);
    const [push, kick] = await client.rest();
    expect([readMessage(push).head.route, kick?.type]).toEqual(['onLast', PackageType.Kick]);
  });

  it('buffered forgets clients that have left', async () => {
    const { channels, port, sessions, log } = await start({ scheduler: 'buffered', flushIntervalMs: 30 });
    const client = await RawClient.ready(port);
    await until(() => sessions.getSessionsCount() === 1);
    await channels.broadcastHere('onA', {});
    await client.close();
    await until(() => sessions.getSessionsCount() === 0);
    expect(await channels.broadcastHere('onA', {})).toBe(0);
    expect(log.matching('error')).toEqual([]);
  });
});

describe('push.select', () => {
  it('decides for each message, by its kind, route and hint, and keeps the order', async () => {
    const seen: unknown[] = [];
    const select: PushOptions['select'] = (about) => {
      seen.push(about);
      return about.kind === 'response' || about.hint === 'now' ? 'direct' : 'buffered';
    };
    const { channels, ready, sessions } = await start({ select, flushIntervalMs: 60_000 });
    const client = await ready();
    seen.length = 0;
    await channels.broadcastHere('onMove', 1);
    sessions.forEachSession((session) => void session.send('onMove', 2));
    await new Promise(setImmediate);
    expect(client.chunks).toEqual([]);
    await channels.broadcastHere('onFight', 3, { scheduler: 'now' });
    expect(await routesOf(client, 3)).toEqual(['onMove', 'onMove', 'onFight']);
    expect(seen).toEqual([
      { kind: 'broadcast', route: 'onMove', hint: undefined },
      { kind: 'push', route: 'onMove', hint: undefined },
      { kind: 'broadcast', route: 'onFight', hint: 'now' },
    ]);
  });

  it('that throws costs no message and no process', async () => {
    const { channels, ready, log } = await start({ select: failingSelector });
    const client = await ready();
    await channels.broadcastHere('onNews', {});
    expect(await routesOf(client, 1)).toEqual(['onNews']);
    expect(log.matching('error', 'selector')).not.toEqual([]);
  });
});
