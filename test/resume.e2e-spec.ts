import { Body, Injectable } from '@nestjs/common';
import {
  ChannelService,
  ConnectedSession,
  Handler,
  memory,
  OnHandshake,
  OnSessionAway,
  OnSessionBack,
  OnSessionClosed,
  PomeloStatistics,
  SessionEvents,
  SessionService,
  type PomeloLimits,
  type Session,
} from 'nestjs-pomelo';
import { nats } from 'nestjs-pomelo/nats';
import { PomeloClient, type ClientOptions } from 'nestjs-pomelo-client';
import { HANDSHAKE_ACK_PACKAGE } from 'nestjs-pomelo-protocol';
import { nextEvent } from './client/next-event.js';
import { NatsServer } from './cluster/support/nats-server.js';
import { CuttingProxy } from './resume/cutting-proxy.js';
import { playWithCuts } from './resume/cuts.js';
import { closeAfterTest, refusalOf, startApp, type AppSetup, type RunningApp } from './support/pomelo-app.js';
import { handshake, RawClient, readMessage, request } from './support/raw-client.js';
import { rejectsDuring } from './support/rejects.js';
import { until } from './support/until.js';

/** A push of a thousand letters to `onChat`: the head of its package, that of its message, and JSON. */
const PUSH_BYTES = 4 + 2 + 6 + 1002;

const FAST = { minDelayMs: 1, maxDelayMs: 2 };

/** What the sessions of one frontend go through. */
@Injectable()
class Diary {
  readonly entries: string[] = [];
  handshakes = 0;

  @OnSessionAway() away({ uid }: Session): void {
    this.entries.push(`${uid} away`);
  }
  @OnSessionBack() back({ uid }: Session): void {
    this.entries.push(`${uid} back`);
  }
  @OnSessionClosed() closed({ uid }: Session, reason: string): void {
    this.entries.push(`${uid} closed: ${reason}`);
  }
  @OnHandshake() greet(): { greeting: string } {
    this.handshakes += 1;
    return { greeting: 'welcome' };
  }
}

@Handler('game.hall')
class Hall {
  readonly waiting = new Map<number, (value: unknown) => void>();

  constructor(private readonly channels: ChannelService) {}

  @Handler() length(@Body('text') text: string): number {
    return text.length;
  }
  @Handler() async enter(@ConnectedSession() session: Session, @Body('uid') uid: string): Promise<string> {
    await session.bind(uid);
    await session.set({ seat: 7 }).pushAll();
    this.channels.getChannel('hall', true).add(session);
    return session.id;
  }
  @Handler() who(@ConnectedSession() session: Session): unknown {
    return { id: session.id, uid: session.uid, seat: session.get('seat') };
  }
  @Handler() wait(@Body('n') n: number): Promise<unknown> {
    return new Promise((resolve) => this.waiting.set(n, resolve));
  }
}

interface Stage extends RunningApp {
  readonly proxy: CuttingProxy;
  readonly diary: Diary;
  readonly hall: Hall;
  /** A client that has entered, behind the proxy. */
  readonly enter: (
    uid: string,
    options?: ClientOptions & { protocol?: 'tcp' | 'ws' },
  ) => Promise<PomeloClient>;
  /** Cuts everybody off, until {@link CuttingProxy.isShut} is lifted. */
  readonly drop: (uid: string) => Promise<void>;
  readonly push: (route: string, body: unknown) => Promise<string[]>;
}

async function openStage(
  limits: Partial<PomeloLimits> = {},
  setup: AppSetup = {},
  target?: () => number,
): Promise<Stage> {
  const app = await startApp({
    providers: [Diary, Hall],
    hybrid: { resume: true },
    ...setup,
    options: { ...setup.options, limits: { ...setup.options?.limits, ...limits } },
  });
  const proxy = closeAfterTest(await CuttingProxy.start(target ?? (() => app.port)));
  const diary = app.app.get(Diary);
  return {
    ...app,
    proxy,
    diary,
    hall: app.app.get(Hall),
    enter: async (uid, { protocol = 'tcp', ...options } = {}) => {
      const url = `${protocol}://127.0.0.1:${proxy.port}`;
      const client = closeAfterTest(await PomeloClient.connect(url, { reconnect: FAST, ...options }));
      await client.request('game.hall.enter', { uid });
      return client;
    },
    drop: async (uid) => {
      proxy.isShut = true;
      proxy.cutAll();
      await until(() => diary.entries.includes(`${uid} away`));
    },
    push: (route, body) => app.app.get(ChannelService).getChannel('hall', true).pushMessage(route, body),
  };
}

describe.each(['tcp', 'ws'] as const)('a client that lost its connection over %s', (protocol) => {
  it('comes back to its session: same id, user, values, channels; nothing is missed, nothing comes twice', async () => {
    const { app, enter, drop, push, proxy, diary, hall } = await openStage();
    const client = await enter('ann', { protocol });
    const before = await client.request('game.hall.who');
    const seen: unknown[] = [];
    client.on('onChat', (body) => seen.push(body));
    const answer = client.request('game.hall.wait', { n: 1 });
    await until(() => hall.waiting.has(1));
    expect(await push('onChat', 1)).toEqual([]);
    await drop('ann');
    expect(app.get(PomeloStatistics).snapshot()).toMatchObject({ sessions: 1, sessionsAway: 1 });
    expect(await push('onChat', 2)).toEqual([]);
    hall.waiting.get(1)?.('in time');
    expect(await push('onChat', 3)).toEqual([]);
    const back = nextEvent(client, 'reconnected');
    proxy.isShut = false;
    expect(await back).toEqual({ user: { greeting: 'welcome' }, recovered: true });
    expect(await answer).toBe('in time');
    expect(await client.request('game.hall.who')).toEqual(before);
    expect(seen).toEqual([1, 2, 3]);
    expect(app.get(PomeloStatistics).snapshot()).toMatchObject({ sessions: 1, sessionsAway: 0 });
    expect(diary.entries).toEqual(['ann away', 'ann back']);
    // Guards and hooks decide about sessions, and this one has been let in.
    expect(diary.handshakes).toBe(1);
  });
});

describe('cuts at random bytes, of TCP and WebSocket, in handshakes too', () => {
  it('lose no message and bring none twice, on one frontend', async () => {
    const { violations, recovered } = await playWithCuts({ cuts: 200, players: 8, frontends: 1, seed: 1 });
    expect(violations).toEqual([]);
    expect(recovered).toBeGreaterThan(100);
  });

  it('lose no message and bring none twice, when clients come back on any of two frontends', async () => {
    const { violations, recovered } = await playWithCuts({ cuts: 200, players: 8, frontends: 2, seed: 2 });
    expect(violations).toEqual([]);
    expect(recovered).toBeGreaterThan(100);
  });
});

describe('cuts at random bytes, with NATS between two frontends', () => {
  const natsAt = (url: string) => () => nats({ servers: url });

  it('lose no message and bring none twice', async () => {
    const { url } = await NatsServer.start();
    const settings = { cuts: 200, players: 8, frontends: 2, seed: 3, cluster: natsAt(url) };
    const { violations, recovered } = await playWithCuts(settings);
    expect(violations).toEqual([]);
    expect(recovered).toBeGreaterThan(100);
  });

  it('lose no message unsaid and bring none twice while NATS is killed and comes back', async () => {
    const server = await NatsServer.start();
    const atHalf = async (): Promise<void> => {
      await server.kill();
      await server.start();
    };
    const settings = { cuts: 300, players: 8, frontends: 2, seed: 4, cluster: natsAt(server.url), atHalf };
    const { violations, recovered } = await playWithCuts(settings);
    expect(violations).toEqual([]);
    expect(recovered).toBeGreaterThan(100);
  });
});

describe('a session whose client is away', () => {
  it('ends after limits.resumeMs, and the client begins a new one', async () => {
    const { enter, drop, proxy, diary } = await openStage({ resumeMs: 40 });
    const client = await enter('ann');
    const before = await client.request<{ id: string }>('game.hall.who');
    const inFlight = client.request('game.hall.wait', { n: 1 });
    await drop('ann');
    await until(() => diary.entries.includes('ann closed: peer_closed'));
    const back = nextEvent(client, 'reconnected');
    proxy.isShut = false;
    expect(await back).toEqual({ user: { greeting: 'welcome' }, recovered: false });
    await expect(inFlight).rejects.toMatchObject({ code: 'CLOSED' });
    const after = await client.request<{ id: string; uid?: string }>('game.hall.who');
    expect(after.id).not.toBe(before.id);
    expect(after.uid).toBeUndefined();
  });

  it('is kept with limits.resumeMessages missed messages, and ends with one more', async () => {
    const { enter, drop, push, proxy, diary } = await openStage({ resumeMessages: 3 });
    const client = await enter('ann');
    const seen: unknown[] = [];
    client.on('onChat', (body) => seen.push(body));
    await drop('ann');
    for (const n of [1, 2, 3]) expect(await push('onChat', n)).toEqual([]);
    const back = nextEvent(client, 'reconnected');
    proxy.isShut = false;
    expect(await back).toMatchObject({ recovered: true });
    await client.request('game.hall.who');
    expect(seen).toEqual([1, 2, 3]);
    diary.entries.length = 0;
    await drop('ann');
    for (const n of [4, 5, 6]) expect(await push('onChat', n)).toEqual([]);
    expect(await push('onChat', 7)).toEqual(['ann']);
    expect(diary.entries).toEqual(['ann away', 'ann closed: slow_consumer']);
    const anew = nextEvent(client, 'reconnected');
    proxy.isShut = false;
    expect(await anew).toMatchObject({ recovered: false });
    // Complete or not at all: nothing of the old session is sent.
    await client.request('game.hall.who');
    expect(seen).toEqual([1, 2, 3]);
  });

  it('is kept with limits.resumeBytes of missed messages, and ends with one more', async () => {
    const text = 'x'.repeat(1000);
    const { enter, drop, push, proxy, diary } = await openStage({ resumeBytes: 4 * PUSH_BYTES });
    const client = await enter('ann');
    await drop('ann');
    for (let n = 1; n <= 4; n += 1) expect(await push('onChat', text)).toEqual([]);
    expect(diary.entries).toEqual(['ann away']);
    expect(await push('onChat', 'y')).toEqual(['ann']);
    const anew = nextEvent(client, 'reconnected');
    proxy.isShut = false;
    expect(await anew).toMatchObject({ recovered: false });
  });

  it('gives way when more than limits.resumeSessions are away: the one that is away for longest ends', async () => {
    const { enter, drop, proxy, diary } = await openStage({ resumeSessions: 1 });
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    const backs = [nextEvent(ann, 'reconnected'), nextEvent(bob, 'reconnected')];
    await drop('ann');
    await until(() => diary.entries.length === 3);
    const [ended] = diary.entries
      .filter((entry) => entry.includes('closed'))
      .map((entry) => entry.slice(0, 3));
    expect(diary.entries[0]).toBe(`${ended} away`);
    proxy.isShut = false;
    const recovered = (await Promise.all(backs)).map((event) => event.recovered);
    expect(recovered).toEqual(ended === 'ann' ? [false, true] : [true, false]);
  });

  it('gives way when more than limits.resumeAwayBytes are kept for all that are away', async () => {
    const text = 'x'.repeat(1000);
    const { enter, drop, push, proxy, diary } = await openStage({ resumeAwayBytes: 5 * PUSH_BYTES });
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await drop('ann');
    await until(() => diary.entries.length === 2);
    const oldest = diary.entries[0]?.slice(0, 3) ?? '';
    for (let n = 1; n <= 2; n += 1) expect(await push('onChat', text)).toEqual([]);
    expect(diary.entries).toHaveLength(2);
    await push('onChat', text);
    expect(diary.entries.slice(2)).toEqual([`${oldest} closed: peer_closed`]);
    await push('onChat', text);
    expect(diary.entries).toHaveLength(3);
    const backs = [nextEvent(ann, 'reconnected'), nextEvent(bob, 'reconnected')];
    proxy.isShut = false;
    const recovered = (await Promise.all(backs)).map((event) => event.recovered);
    expect(recovered).toEqual(oldest === 'ann' ? [false, true] : [true, false]);
  });

  it('ends at once when it is kicked, and its client is told that it has a new one', async () => {
    const { app, enter, drop, proxy, diary } = await openStage();
    const client = await enter('ann');
    await drop('ann');
    await app.get(SessionService).kick('ann', 'cheating');
    await until(() => diary.entries.length === 2);
    expect(diary.entries).toEqual(['ann away', 'ann closed: cheating']);
    const anew = nextEvent(client, 'reconnected');
    proxy.isShut = false;
    expect(await anew).toMatchObject({ recovered: false });
  });
});

describe('a session that cannot be complete ends', () => {
  it('when what was missed is more than a connection may hold: the client is not sent in circles', async () => {
    const { enter, drop, push, proxy } = await openStage({ writeBufferHardBytes: 300_000 });
    const client = await enter('ann');
    await drop('ann');
    for (let count = 0; count < 5; count += 1) await push('onChat', 'x'.repeat(100_000));
    const back = nextEvent(client, 'reconnected');
    proxy.isShut = false;
    expect(await back).toMatchObject({ recovered: false });
    expect(await client.request('game.hall.length', { text: 'four' })).toBe(4);
  });

  it('when more is missed between the answer and its ACK', async () => {
    const { app, port, push } = await openStage({ resumeMessages: 3 });
    const first = await shake(port, {});
    first.client.send(HANDSHAKE_ACK_PACKAGE, request(1, 'game.hall.enter', { uid: 'ann' }));
    await first.client.packages.take();
    await first.client.close();
    const second = await shake(port, { token: first.answer.sys.resume.token, received: 0 });
    expect(second.answer.sys.resume.recovered).toBe(true);
    for (const n of [1, 2, 3]) await push('onChat', n);
    second.client.send(HANDSHAKE_ACK_PACKAGE);
    expect(await second.client.rest()).toEqual([]);
    await app.get(SessionService).kick('ann');
    await until(() => app.get(SessionService).everyone().length === 0);
  });

  it('when the application closes it as soon as it is lost', async () => {
    const { app, port } = await openStage();
    app.get(SessionEvents).on('away', (session) => session.close());
    const first = await shake(port, {});
    first.client.send(HANDSHAKE_ACK_PACKAGE, request(1, 'game.hall.enter', { uid: 'ann' }));
    await first.client.packages.take();
    // The old connection is lost by being replaced.
    const second = await shake(port, { token: first.answer.sys.resume.token, received: 1 });
    expect(second.answer.sys.resume.recovered).toBe(false);
    expect(app.get(SessionService).everyone().length).toBe(1);
  });
});

describe('a handshake of a client that can resume', () => {
  it('leaves nothing behind when it is refused, or when its client leaves before the decision', async () => {
    @Injectable()
    class Doorman {
      open: (() => void) | undefined;
      @OnHandshake() async refuse(_handshake: unknown, session: Session): Promise<void> {
        await session.bind('ann');
        await new Promise<void>((resolve) => (this.open = resolve));
        throw new Error('not today');
      }
    }
    const setup = { hybrid: { resume: true }, providers: [Doorman] };
    const { app, port } = await startApp(setup);
    const sessions = app.get(SessionService);
    const refused = await RawClient.open(port);
    refused.send(handshake({ sys: { resume: {} } }));
    await until(() => app.get(Doorman).open !== undefined);
    app.get(Doorman).open?.();
    expect((await refused.packages.take())?.json).toEqual({ code: 500 });
    await until(() => sessions.everyone().length === 0);
    expect(await sessions.isBound('ann')).toBe(false);
    const leaver = await RawClient.open(port);
    leaver.send(handshake({ sys: { resume: {} } }));
    await until(() => sessions.everyone().length === 1 && sessions.getByUid('ann').length === 1);
    await leaver.close();
    await until(() => sessions.everyone().length === 0);
    expect(await sessions.isBound('ann')).toBe(false);
    app.get(Doorman).open?.();
  });
});

describe('many pushes', () => {
  it('cost a client that can resume no more than any other: what it acknowledges is no flood', async () => {
    const { app, enter } = await openStage();
    const client = await enter('ann');
    let seen = 0;
    client.on('onChat', () => (seen += 1));
    const [session] = app.get(SessionService).getByUid('ann');
    for (let turn = 0; turn < 90; turn += 1) {
      for (let count = 0; count < 100; count += 1) await session?.send('onChat', count);
      await new Promise(setImmediate);
    }
    await until(() => seen === 9_000);
    expect(client.state).toBe('open');
  });
});

describe('pushes on terms to a client that is away', () => {
  it('wait without being kept: the latest one comes, in time, and a volatile one does not', async () => {
    const { app, enter, drop, proxy } = await openStage({ resumeMessages: 3 });
    const client = await enter('ann');
    const seen: unknown[] = [];
    client.on('onPlace', (body) => seen.push(body));
    const [session] = app.get(SessionService).getByUid('ann');
    await drop('ann');
    for (let place = 1; place <= 100; place += 1)
      expect(await session?.send('onPlace', { place }, { latest: true })).toBe(true);
    expect(await session?.send('onPlace', 'volatile', { volatile: true })).toBe(false);
    expect(await session?.send('onPlace', 'too late', { deadlineMs: 0 })).toBe(false);
    const back = nextEvent(client, 'reconnected');
    proxy.isShut = false;
    expect(await back).toMatchObject({ recovered: true });
    await client.request('game.hall.who');
    expect(seen).toEqual([{ place: 100 }]);
  });
});

describe('a session does not wait for a client', () => {
  it('that has closed by itself', async () => {
    const { app, enter, diary } = await openStage();
    const client = await enter('ann');
    await client.close();
    await until(() => diary.entries.length > 0);
    expect(diary.entries).toEqual(['ann closed: peer_closed']);
    expect(app.get(SessionService).getSessionsCount()).toBe(0);
  });

  it('that was kicked', async () => {
    const { app, enter, diary } = await openStage();
    const client = await enter('ann');
    const closed = nextEvent(client, 'close');
    await app.get(SessionService).kick('ann', 'cheating');
    expect(await closed).toMatchObject({ kicked: true });
    await until(() => diary.entries.length > 0);
    expect(diary.entries).toEqual(['ann closed: cheating']);
  });

  it('that broke the rules', async () => {
    const { port, diary } = await openStage();
    const client = await RawClient.ready(port, { resume: {} });
    client.send(request(1, 'game.hall.enter', { uid: 'ann' }));
    await client.packages.take();
    client.send(Uint8Array.of(9, 0, 0, 0));
    await client.closed;
    await until(() => diary.entries.length > 0);
    expect(diary.entries).toEqual(['ann closed: bad_type']);
  });

  it('that never asked for it: its handshake is answered as ever', async () => {
    const { port, diary } = await openStage();
    const client = await RawClient.open(port);
    client.send(handshake({ sys: { type: 'js-websocket', version: '0.0.1' } }));
    const reply = await client.packages.take();
    expect(reply?.json).toEqual({ code: 200, sys: {}, user: { greeting: 'welcome' } });
    client.send(HANDSHAKE_ACK_PACKAGE, request(1, 'game.hall.enter', { uid: 'ann' }));
    expect(readMessage(await client.packages.take()).head.id).toBe(1);
    await client.close();
    await until(() => diary.entries.length > 0);
    expect(diary.entries).toEqual(['ann closed: peer_closed']);
  });

  it('of a connector without the option', async () => {
    const { port } = await openStage({}, { hybrid: {} });
    const client = await RawClient.open(port);
    client.send(handshake({ sys: { resume: {} } }));
    expect((await client.packages.take())?.json).toEqual({
      code: 200,
      sys: {},
      user: { greeting: 'welcome' },
    });
  });
});

interface ResumeAnswer {
  readonly sys: { readonly resume: { token: string; recovered: boolean; received: number; keep: number } };
}

async function shake(port: number, resume: unknown): Promise<{ client: RawClient; answer: ResumeAnswer }> {
  const client = await RawClient.open(port);
  client.send(handshake({ sys: { resume } }));
  return { client, answer: (await client.packages.take())?.json as ResumeAnswer };
}

describe('a token', () => {
  it('has at least 128 random bits, and is good once', async () => {
    const { port } = await openStage();
    const first = await shake(port, {});
    first.client.send(HANDSHAKE_ACK_PACKAGE, request(1, 'game.hall.enter', { uid: 'ann' }));
    await first.client.packages.take();
    const { token, recovered, keep } = first.answer.sys.resume;
    expect({ recovered, keep }).toEqual({ recovered: false, keep: 60 });
    const secret = token.slice(token.indexOf('.') + 1);
    expect(Buffer.from(secret, 'base64url').length).toBeGreaterThanOrEqual(16);
    const second = await shake(port, { token, received: 1 });
    expect(second.answer.sys.resume).toMatchObject({ recovered: true, received: 1 });
    expect(second.answer.sys.resume.token).not.toBe(token);
    second.client.send(HANDSHAKE_ACK_PACKAGE, request(2, 'game.hall.who'));
    expect(readMessage(await second.client.packages.take()).json).toMatchObject({ uid: 'ann' });
    const third = await shake(port, { token, received: 1 });
    expect(third.answer.sys.resume.recovered).toBe(false);
    // And whoever has stolen an old one does the session no harm.
    second.client.send(request(3, 'game.hall.who'));
    expect(readMessage(await second.client.packages.take()).json).toMatchObject({ uid: 'ann' });
  });

  it('is still good when the answer that replaces it was lost', async () => {
    const { port } = await openStage();
    const first = await shake(port, {});
    first.client.send(HANDSHAKE_ACK_PACKAGE, request(1, 'game.hall.enter', { uid: 'ann' }));
    await first.client.packages.take();
    const { token } = first.answer.sys.resume;
    const lost = await shake(port, { token, received: 1 });
    await lost.client.close();
    const again = await shake(port, { token, received: 1 });
    expect(again.answer.sys.resume.recovered).toBe(true);
    again.client.send(HANDSHAKE_ACK_PACKAGE, request(2, 'game.hall.who'));
    expect(readMessage(await again.client.packages.take()).json).toMatchObject({ uid: 'ann' });
  });

  it('that has arrived is good although the answer after it was lost, and the one before it is not', async () => {
    const { port } = await openStage();
    const first = await shake(port, {});
    first.client.send(HANDSHAKE_ACK_PACKAGE, request(1, 'game.hall.enter', { uid: 'ann' }));
    await first.client.packages.take();
    const oldest = first.answer.sys.resume.token;
    const second = await shake(port, { token: oldest, received: 1 });
    const { token } = second.answer.sys.resume;
    await (await shake(port, { token, received: 1 })).client.close();
    expect((await shake(port, { token: oldest, received: 1 })).answer.sys.resume.recovered).toBe(false);
    expect((await shake(port, { token, received: 1 })).answer.sys.resume.recovered).toBe(true);
  });

  it('takes the session over from a connection that only seems to be alive', async () => {
    const { port, diary } = await openStage();
    const first = await shake(port, {});
    first.client.send(HANDSHAKE_ACK_PACKAGE, request(1, 'game.hall.enter', { uid: 'ann' }));
    await first.client.packages.take();
    const second = await shake(port, { token: first.answer.sys.resume.token, received: 0 });
    await first.client.closed;
    second.client.send(HANDSHAKE_ACK_PACKAGE);
    // What it says that it has not got comes again.
    expect(readMessage(await second.client.packages.take()).head.id).toBe(1);
    expect(diary.entries).toEqual(['ann away', 'ann back']);
  });

  it.each([
    ['of nobody', { token: 'gate-1.AAAAAAAAAAAAAAAAAAAAAAAA', received: 0 }],
    ['without a server', { token: 'x', received: 0 }],
    ['that is too long', { token: 'x'.repeat(9000), received: 0 }],
    ['without a count', { token: 'a.b' }],
    ['of another type', { token: { $gt: '' }, received: 0 }],
    ['with the name of an object', { token: '__proto__.constructor', received: 0 }],
  ])('%s begins a new session', async (_name, resume) => {
    const { port } = await openStage();
    const { client, answer } = await shake(port, resume);
    expect(answer.sys.resume).toMatchObject({ recovered: false, received: 0 });
    client.send(HANDSHAKE_ACK_PACKAGE, request(1, 'game.hall.enter', { uid: 'ann' }));
    expect(readMessage(await client.packages.take()).head.id).toBe(1);
  });

  it.each([-1, 2, 1.5, Number.MAX_SAFE_INTEGER])(
    'with a count that cannot be, %d, begins a new session',
    async (received) => {
      const rejects = rejectsDuring('handshake');
      const { port } = await openStage();
      const first = await shake(port, {});
      first.client.send(HANDSHAKE_ACK_PACKAGE, request(1, 'game.hall.enter', { uid: 'ann' }));
      await first.client.packages.take();
      const { answer } = await shake(port, { token: first.answer.sys.resume.token, received });
      expect(answer.sys.resume.recovered).toBe(false);
      const isCount = Number.isSafeInteger(received) && received >= 0;
      expect(rejects().map(({ reason }) => reason)).toEqual(isCount ? ['not_resumed'] : []);
    },
  );
});

describe('resume beside', () => {
  it.each([
    ['encode', { encode: () => Buffer.alloc(1) }],
    ['decode', { decode: () => undefined }],
    ['useCrypto', { useCrypto: true }],
  ])('hybrid.%s stops the start', async (name, options) => {
    const refusal = await refusalOf(() => openStage({}, { hybrid: { resume: true, ...options } }));
    expect(refusal).toContain('hybrid.resume');
    expect(refusal).toContain(`hybrid.${name}`);
  });
});

describe('in a cluster', () => {
  const memberOf = (cluster: ReturnType<typeof memory>, id: string): AppSetup => ({
    options: { cluster, server: { id, types: ['game'] }, limits: { clusterHeartbeatMs: 100 } },
  });

  it('a session goes on over another frontend, and over a third when that one stops', async () => {
    const cluster = memory();
    let port = 0;
    const home = await openStage({}, memberOf(cluster, 'gate-1'), () => port);
    const second = await openStage({}, memberOf(cluster, 'gate-2'));
    const third = await openStage({}, memberOf(cluster, 'gate-3'));
    port = home.port;
    const client = await home.enter('ann');
    const before = await client.request('game.hall.who');
    const seen: unknown[] = [];
    client.on('onChat', (body) => seen.push(body));
    const answer = client.request('game.hall.wait', { n: 1 });
    await until(() => home.hall.waiting.has(1));
    port = second.port;
    await home.drop('ann');
    await home.push('onChat', 1);
    const over = nextEvent(client, 'reconnected');
    home.proxy.isShut = false;
    expect(await over).toMatchObject({ recovered: true });
    expect(await client.request('game.hall.who')).toEqual(before);
    await home.push('onChat', 2);
    port = third.port;
    const back = nextEvent(client, 'reconnected');
    await second.close();
    expect(await back).toMatchObject({ recovered: true });
    await home.push('onChat', 3);
    home.hall.waiting.get(1)?.('in time');
    expect(await answer).toBe('in time');
    expect(await client.request('game.hall.who')).toEqual(before);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('a session outlives the frontend of its client, whatever its other connections do', async () => {
    const cluster = memory();
    let port = 0;
    const home = await openStage({}, memberOf(cluster, 'gate-1'), () => port);
    const second = await openStage({}, memberOf(cluster, 'gate-2'));
    port = home.port;
    const client = await home.enter('ann');
    port = second.port;
    await home.drop('ann');
    const over = nextEvent(client, 'reconnected');
    home.proxy.isShut = false;
    await over;
    // It leaves its side open, so that the frontend takes its time to stop.
    await RawClient.ready(second.port);
    port = home.port;
    const back = nextEvent(client, 'reconnected');
    await second.close();
    expect(await back).toMatchObject({ recovered: true });
  });

  it('messages beyond what a broker takes, and more than calls may be in flight, pass', async () => {
    const { url } = await NatsServer.start();
    const member = (id: string): AppSetup => ({
      options: { cluster: nats({ servers: url }), server: { id, types: ['game'] } },
    });
    const limits = { packageBytes: 4_000_000, callsInFlight: 64, requestMs: 20_000 };
    let port = 0;
    const home = await openStage(limits, member('gate-1'), () => port);
    const second = await openStage(limits, member('gate-2'));
    port = home.port;
    const client = await home.enter('ann');
    port = second.port;
    await home.drop('ann');
    const over = nextEvent(client, 'reconnected');
    home.proxy.isShut = false;
    expect(await over).toMatchObject({ recovered: true });
    const seen: unknown[] = [];
    client.on('onChat', (body) => seen.push(body));
    const text = 'x'.repeat(1_500_000);
    expect(await client.request('game.hall.length', { text })).toBe(text.length);
    expect(await home.push('onChat', text)).toEqual([]);
    const numbers = Array.from({ length: 300 }, (_none, index) => index);
    await Promise.all(numbers.map((number) => home.push('onChat', number)));
    await until(() => seen.length === 301);
    expect(seen).toEqual([text, ...numbers]);
  });

  it('a session ends with its frontend, wherever its client is connected', async () => {
    const cluster = memory();
    let port = 0;
    const home = await openStage({ drainMs: 50 }, memberOf(cluster, 'gate-1'), () => port);
    const second = await openStage({}, memberOf(cluster, 'gate-2'));
    port = home.port;
    const client = await home.enter('ann');
    port = second.port;
    await home.drop('ann');
    const over = nextEvent(client, 'reconnected');
    home.proxy.isShut = false;
    expect(await over).toMatchObject({ recovered: true });
    const kicked = nextEvent(client, 'kick');
    const anew = nextEvent(client, 'reconnected');
    await home.app.close();
    expect(await kicked).toMatchObject({ reason: 'stopping' });
    expect(await anew).toMatchObject({ recovered: false });
  });

  it('a client that is kicked is told over another frontend, too', async () => {
    const cluster = memory();
    let port = 0;
    const home = await openStage({}, memberOf(cluster, 'gate-1'), () => port);
    const second = await openStage({}, memberOf(cluster, 'gate-2'));
    port = home.port;
    const client = await home.enter('ann');
    port = second.port;
    await home.drop('ann');
    const over = nextEvent(client, 'reconnected');
    home.proxy.isShut = false;
    await over;
    const closed = nextEvent(client, 'close');
    await home.app.get(SessionService).kick('ann', 'cheating');
    expect(await closed).toMatchObject({ kicked: true });
    await until(() => home.diary.entries.includes('ann closed: cheating'));
  });
});
