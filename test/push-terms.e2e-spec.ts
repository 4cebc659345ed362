import {
  ChannelService,
  hybrid,
  OnSessionClosed,
  PomeloStatistics,
  SessionService,
  type ConnectorStatistics,
  type PomeloLimits,
  type PomeloModuleOptions,
  type Session,
} from 'nestjs-pomelo';
import { encodeMessage, encodePackage, MessageType, PackageType } from 'nestjs-pomelo-protocol';
import { LineConnector } from './fixtures/line.connector.js';
import { LineClient } from './support/line-client.js';
import { startApp, type RunningApp } from './support/pomelo-app.js';
import { RawClient, readMessage } from './support/raw-client.js';
import { SLOW_TRANSPORTS } from './support/slow-peers.js';
import { until } from './support/until.js';

const MEBIBYTE = 1024 * 1024;
const FILLER = 'x'.repeat(60_000);
const ROOMY: Partial<PomeloLimits> = { writeBufferHardBytes: 64 * MEBIBYTE, writeStallMs: 60_000 };

class Closings {
  readonly reasons: string[] = [];
  @OnSessionClosed() closed(_session: Session, reason: string): void {
    this.reasons.push(reason);
  }
}

interface Fixture extends RunningApp {
  readonly channels: ChannelService;
  readonly sessions: SessionService;
  readonly closings: Closings;
  readonly counted: () => ConnectorStatistics;
  readonly outstanding: () => number;
  /** The only session of a user that was not there before. */
  readonly bindNewcomer: (uid: string) => Promise<Session>;
  /** Pushes to a session until far more waits for it than the system takes. */
  readonly clog: (session: Session) => Promise<void>;
  /** A TCP client that has stopped reading, and so much waits for it that it is behind. */
  readonly deaf: (uid?: string) => Promise<{ readonly client: RawClient; readonly session: Session }>;
}

async function start(options: PomeloModuleOptions = {}): Promise<Fixture> {
  const running = await startApp({ providers: [Closings], options: { limits: ROOMY, ...options } });
  const [sessions, statistics] = [running.app.get(SessionService), running.app.get(PomeloStatistics)];
  const outstanding = (): number => statistics.snapshot().outstandingBytes;
  const bindNewcomer = async (uid: string): Promise<Session> => {
    await until(() => sessions.getBoundUsersCount() < sessions.getSessionsCount());
    const guests: Session[] = [];
    sessions.forEachSession((session) => guests.push(...(session.uid === undefined ? [session] : [])));
    await guests[0]?.bind(uid);
    return guests[0] as Session;
  };
  const clog = async (session: Session): Promise<void> => {
    while (outstanding() < 2 * MEBIBYTE) {
      await session.send('onFill', FILLER);
      await new Promise(setImmediate);
    }
  };
  const deaf = async (uid = 'deaf'): ReturnType<Fixture['deaf']> => {
    const client = await RawClient.ready(running.port);
    const session = await bindNewcomer(uid);
    client.socket.pause();
    await clog(session);
    return { client, session };
  };
  const counted = (): ConnectorStatistics => statistics.snapshot().connectors[0] as ConnectorStatistics;
  const [channels, closings] = [running.app.get(ChannelService), running.app.get(Closings)];
  return { ...running, channels, sessions, closings, counted, outstanding, bindNewcomer, clog, deaf };
}

/** The pushes that come up to the one with the route `onEnd`, without the filling. */
async function heardBy(client: RawClient): Promise<[route: string, body: unknown][]> {
  const heard: [string, unknown][] = [];
  client.socket.resume();
  for (;;) {
    const { head, json } = readMessage(await client.packages.take());
    if (head.route === 'onEnd') return heard;
    if (head.route !== 'onFill') heard.push([head.route, json]);
  }
}

describe('a volatile push', () => {
  it('is skipped for a client that is behind, which its sender is told, and reaches the others', async () => {
    const { channels, connect, bindNewcomer, deaf, counted } = await start();
    const reader = await connect();
    await bindNewcomer('reader');
    const { session } = await deaf();
    const moved = reader.once('onMove');
    const members = ['reader', 'deaf'].map((uid) => ({ uid, sid: 'server-1' }));
    const missed = await channels.pushMessageByUids('onMove', 1, members, { volatile: true });
    expect([missed, await moved]).toEqual([['deaf'], 1]);
    expect(await session.send('onMove', 2, { volatile: true })).toBe(false);
    expect(await channels.broadcastHere('onMove', 3, { volatile: true })).toBe(1);
    expect(counted()).toMatchObject({ pushesSkipped: 3, pushesReplaced: 0, pushesExpired: 0 });
  });

  it('arrives again when the client has caught up', async () => {
    const { deaf, outstanding } = await start();
    const { client, session } = await deaf();
    await session.send('onMove', 1, { volatile: true });
    client.socket.resume();
    await until(() => outstanding() === 0);
    expect(await session.send('onMove', 2, { volatile: true })).toBe(true);
    await session.send('onEnd', {});
    expect(await heardBy(client)).toEqual([['onMove', 2]]);
  });

  it.each([
    ['arrives one byte below', -1, true],
    ['is skipped at it', 0, false],
  ])('is bounded by limits.pushBehindBytes: it %s', async (_name, difference, isSent) => {
    const pushBehindBytes = 8 * MEBIBYTE;
    const { deaf, outstanding } = await start({ limits: { ...ROOMY, pushBehindBytes } });
    const { session } = await deaf();
    const head = encodePackage(
      PackageType.Data,
      encodeMessage({ type: MessageType.Push, route: 'onFill' }, Buffer.from('""')),
    ).length;
    // No turn of the event loop from here on: the socket cannot take anything.
    const missing = pushBehindBytes + difference - outstanding();
    void session.send('onFill', 'x'.repeat(missing - head));
    await new Promise((resolve) => process.nextTick(resolve));
    expect(outstanding()).toBe(pushBehindBytes + difference);
    expect(await session.send('onMove', {}, { volatile: true })).toBe(isSent);
  });
});

describe('a latest push to a client that is behind', () => {
  it('takes the place of the one with its route and key, and arrives after all that was sent before', async () => {
    const { channels, deaf, counted } = await start();
    const { client, session } = await deaf();
    const room = channels.createChannel('room');
    room.add(session);
    await session.send('onChat', 'before');
    expect(await room.pushMessage('onMove', 'a1', { latest: 'a' })).toEqual([]);
    await room.pushMessage('onMove', 'b1', { latest: 'b' });
    await room.pushMessage('onMove', 'a2', { latest: 'a' });
    await room.pushMessage('onAim', 1, { latest: true });
    await room.pushMessage('onMove', 'a3', { latest: 'a' });
    await session.send('onAim', 2, { latest: true });
    await session.send('onChat', 'overtakes');
    expect(counted()).toMatchObject({ pushesSkipped: 0, pushesReplaced: 3, pushesExpired: 0 });
    const before = counted().pushes;
    client.socket.resume();
    await until(() => counted().pushes === before + 3);
    await session.send('onEnd', {});
    expect(await heardBy(client)).toEqual([
      ['onChat', 'before'],
      ['onChat', 'overtakes'],
      ['onMove', 'b1'],
      ['onMove', 'a3'],
      ['onAim', 2],
    ]);
  });

  it('keeps every one for a client that is not behind', async () => {
    const { connect, bindNewcomer, counted } = await start();
    const reader = await connect();
    const heard: unknown[] = [];
    reader.on('onMove', (body) => heard.push(body));
    const session = await bindNewcomer('reader');
    for (const place of [1, 2, 3]) await session.send('onMove', place, { latest: true });
    const ended = reader.once('onEnd');
    await session.send('onEnd', {});
    await ended;
    expect([heard, counted().pushesReplaced]).toEqual([[1, 2, 3], 0]);
  });

  it('counts towards limits.writeBufferHardBytes: a client that lets too many keys wait is cut', async () => {
    const limits = { ...ROOMY, writeBufferHardBytes: 4 * MEBIBYTE };
    const { deaf, closings } = await start({ limits });
    const { client, session } = await deaf();
    for (let key = 0; closings.reasons.length === 0; key += 1) {
      await session.send('onMove', FILLER, { latest: String(key) });
      await new Promise(setImmediate);
      expect(key).toBeLessThan(200);
    }
    expect(closings.reasons).toEqual(['slow_consumer']);
    client.socket.resume();
    await client.closed;
  });

  it('arrives before the kick that follows it', async () => {
    const { deaf } = await start();
    const { client, session } = await deaf();
    await session.send('onMove', 'last', { latest: true });
    await session.kick('enough');
    client.socket.resume();
    const rest = await client.rest();
    expect(readMessage(rest.at(-2)).json).toBe('last');
    expect(rest.at(-1)).toMatchObject({ type: PackageType.Kick, json: { reason: 'enough' } });
  });
});

describe('a push with a deadline', () => {
  it('waits for a client that is behind, and is not written when its time is over', async () => {
    const { deaf, counted } = await start();
    const { client, session } = await deaf();
    expect(await session.send('onShot', 'late', { deadlineMs: 1 })).toBe(true);
    expect(await session.send('onShot', 'in time', { deadlineMs: 3_600_000 })).toBe(true);
    const from = performance.now();
    await until(() => performance.now() > from + 1);
    client.socket.resume();
    await until(() => counted().pushesExpired === 1);
    await session.send('onEnd', {});
    expect(await heardBy(client)).toEqual([['onShot', 'in time']]);
  });

  it('that is over already is not sent to anybody, which its sender is told', async () => {
    const { channels, connect, bindNewcomer, counted } = await start();
    const reader = await connect();
    const heard: unknown[] = [];
    reader.on('onShot', (body) => heard.push(body));
    const room = channels.createChannel('room');
    const session = await bindNewcomer('reader');
    room.add(session);
    expect(await room.pushMessage('onShot', 1, { deadlineMs: 0 })).toEqual(['reader']);
    expect(await session.send('onShot', 2, { deadlineMs: 0 })).toBe(false);
    const ended = reader.once('onEnd');
    await session.send('onEnd', {});
    await ended;
    expect([heard, counted().pushesExpired]).toEqual([[], 2]);
  });
});

describe('pushes on terms with the buffered scheduler', () => {
  const push = { scheduler: 'buffered', flushIntervalMs: 60_000 } as const;

  it('replace each other, and expire, while they wait for the interval', async () => {
    const { port, bindNewcomer, counted } = await start({ push, connectors: [quietHybrid()] });
    const client = await RawClient.ready(port);
    const session = await bindNewcomer('reader');
    await session.send('onShot', 1, { deadlineMs: 1 });
    for (const place of [1, 2, 3]) await session.send('onMove', place, { latest: true });
    await session.send('onTick', 1, { volatile: true });
    const from = performance.now();
    await until(() => performance.now() > from + 1);
    await session.kick();
    const routes = (await client.rest()).slice(0, -1).map((one) => readMessage(one));
    expect(routes.map(({ head, json }) => [head.route, json])).toEqual([
      ['onTick', 1],
      ['onMove', 3],
    ]);
    expect(counted()).toMatchObject({ pushes: 2, pushesSkipped: 0, pushesReplaced: 2, pushesExpired: 1 });
  });

  it('wait beyond the interval for a client that is behind', async () => {
    const { deaf, counted } = await start({ push: { ...push, flushIntervalMs: 1 } });
    const { client, session } = await deaf();
    await session.send('onMove', 1, { latest: true });
    const filled = counted().pushes;
    await session.send('onFill', 'the next interval');
    await until(() => counted().pushes > filled);
    await session.send('onMove', 2, { latest: true });
    await until(() => counted().pushesReplaced === 1);
    client.socket.resume();
    await until(() => counted().pushes === filled + 2);
    await session.send('onEnd', {});
    expect(await heardBy(client)).toEqual([['onMove', 2]]);
  });
});

describe('push.select', () => {
  it('is asked for pushes on terms too, with their hint', async () => {
    const hints: unknown[] = [];
    const select = ({ hint }: { hint?: unknown }): 'direct' | 'buffered' => {
      hints.push(hint);
      return hint === 'now' ? 'direct' : 'buffered';
    };
    const { port, bindNewcomer } = await start({ push: { select, flushIntervalMs: 60_000 } });
    const client = await RawClient.ready(port);
    const session = await bindNewcomer('reader');
    await session.send('onMove', 1, { latest: true });
    await session.send('onMove', 2, { latest: true, scheduler: 'later' });
    await session.send('onAim', 3, { latest: true, scheduler: 'now' });
    await session.send('onEnd', {}, { scheduler: 'now' });
    expect(await heardBy(client)).toEqual([
      ['onMove', 2],
      ['onAim', 3],
    ]);
    expect(hints).toEqual([undefined, 'later', 'now', 'now']);
  });
});

describe.each(SLOW_TRANSPORTS)('a client of $name that is behind', ({ connector, open }) => {
  it('gets no volatile push, and the newest of those that replace each other', async () => {
    const { port, bindNewcomer, clog, counted } = await start({ connectors: [connector()] });
    const peer = await open(port);
    const session = await bindNewcomer('deaf');
    peer.pause();
    await clog(session);
    expect(await session.send('onMove', '<skipped>', { volatile: true })).toBe(false);
    expect(await session.send('onMove', '<replaced>', { latest: true })).toBe(true);
    expect(await session.send('onMove', '<newest>', { latest: true })).toBe(true);
    peer.resume();
    await until(() => peer.heard().includes('<newest>'));
    await session.send('onMove', '<again>', { volatile: true });
    await until(() => peer.heard().includes('<again>'));
    expect(peer.heard().match(/<(skipped|replaced|newest|again)>/g)).toEqual(['<newest>', '<again>']);
    expect(counted()).toMatchObject({ pushesSkipped: 1, pushesReplaced: 1, pushesExpired: 0 });
  });
});

describe('a connector of the application that says nothing of its clients', () => {
  it('sends every push but those whose deadline is over', async () => {
    const { port, bindNewcomer } = await start({ connectors: [new LineConnector()] });
    const client = await LineClient.open(port);
    const session = await bindNewcomer('reader');
    expect(await session.send('onMove', 1, { volatile: true })).toBe(true);
    expect(await session.send('onMove', 2, { latest: true })).toBe(true);
    expect(await session.send('onMove', 3, { deadlineMs: 0 })).toBe(false);
    expect(await session.send('onMove', 4, { deadlineMs: 3_600_000 })).toBe(true);
    const bodies = [await client.lines.take(), await client.lines.take(), await client.lines.take()];
    expect(bodies).toEqual([1, 2, 4].map((body) => ({ route: 'onMove', body })));
  });
});

function quietHybrid(): ReturnType<typeof hybrid> {
  return hybrid({ port: 0, host: '127.0.0.1', heartbeat: false });
}
