import { Session, SessionService, type PomeloModuleOptions } from 'nestjs-pomelo';
import type { PomeloClient } from 'nestjs-pomelo-client';
import { nextEvent } from './client/next-event.js';
import { startApp, type RunningApp } from './support/pomelo-app.js';
import { SessionProbe } from './support/session-probe.js';
import { until } from './support/until.js';

interface Fixture extends RunningApp {
  readonly probe: SessionProbe;
  readonly sessions: SessionService;
  readonly bound: (uid: string) => Promise<PomeloClient>;
}

async function start(options: PomeloModuleOptions = {}): Promise<Fixture> {
  const running = await startApp({ providers: [SessionProbe], options });
  const probe = running.app.get(SessionProbe);
  const bound = async (uid: string): Promise<PomeloClient> => {
    const client = await running.connect();
    await probe.as(client, (session) => session.bind(uid));
    return client;
  };
  return { ...running, probe, sessions: running.app.get(SessionService), bound };
}

describe('values of a session', () => {
  it('that are set are seen by the same message alone, until they are pushed', async () => {
    const { connect, probe } = await start();
    const client = await connect();
    const seen = await probe.as(client, (session) => session.set('rid', 'lobby').get('rid'));
    expect(seen).toBe('lobby');
    expect(await probe.as(client, (session) => session.get('rid'))).toBeUndefined();
    await probe.as(client, (session) => session.set('rid', 'lobby').push('rid'));
    expect(await probe.as(client, (session) => session.get('rid'))).toBe('lobby');
  });

  it('that are pushed by name leave the other changes behind', async () => {
    const { connect, probe } = await start();
    const client = await connect();
    await probe.as(client, (session) => session.set({ a: 1, b: 2, c: 3 }).push('a', 'b'));
    expect(await probe.as(client, (session) => session.toJSON().settings)).toEqual({ a: 1, b: 2 });
  });

  it('are all written by pushAll, on top of what other messages wrote meanwhile', async () => {
    const { connect, probe, sessions } = await start();
    const client = await connect();
    await probe.as(client, async (session) => {
      session.set('mine', 1);
      await sessions.import(session.id, 'theirs', 2);
      await session.pushAll();
    });
    expect(await probe.as(client, (session) => session.toJSON().settings)).toEqual({ mine: 1, theirs: 2 });
  });

  it('are gone after delete and a push', async () => {
    const { connect, probe } = await start();
    const client = await connect();
    await probe.as(client, (session) => session.set({ a: 1, b: 2 }).pushAll());
    await probe.as(client, (session) => {
      session.delete('a');
      expect(session.get('a')).toBeUndefined();
    });
    expect(await probe.as(client, (session) => session.get('a'))).toBe(1);
    await probe.as(client, (session) => session.delete('a').push('a'));
    expect(await probe.as(client, (session) => session.toJSON().settings)).toEqual({ b: 2 });
  });

  it('never come from the prototype of an object, and hostile keys stay values', async () => {
    const { connect, probe } = await start();
    const client = await connect();
    for (const key of ['toString', '__proto__', 'constructor', 'hasOwnProperty']) {
      expect(await probe.as(client, (session) => session.get(key))).toBeUndefined();
      await probe.as(client, (session) => session.set(key, 'mine').push(key));
      expect(await probe.as(client, (session) => session.get(key))).toBe('mine');
    }
    expect(({} as Record<string, unknown>)['mine']).toBeUndefined();
  });

  it('cannot be pushed when the session is closed', async () => {
    const { connect, probe, sessions } = await start();
    const client = await connect();
    const session = await probe.as(client, (current) => current);
    const closed = nextEvent(client, 'close');
    await session.close();
    await closed;
    await until(() => sessions.getSessionsCount() === 0);
    await expect(session.set('a', 1).push('a')).rejects.toMatchObject({
      reason: 'SESSION_CLOSED',
      code: 410,
    });
    await expect(session.bind('ann')).rejects.toMatchObject({ reason: 'SESSION_CLOSED' });
    expect(await session.send('onNews', {})).toBe(false);
    await expect(session.kick()).resolves.toBeUndefined();
  });
});

describe('a uid', () => {
  it('is bound for this and all later messages, and free again after unbind', async () => {
    const { connect, probe, sessions } = await start();
    const client = await connect();
    expect(await probe.as(client, (session) => session.isGuest)).toBe(true);
    await probe.as(client, async (session) => {
      await session.bind('ann');
      expect([session.uid, session.isGuest]).toEqual(['ann', false]);
    });
    expect(await probe.as(client, (session) => session.uid)).toBe('ann');
    expect(await sessions.isBound('ann')).toBe(true);
    await probe.as(client, (session) => session.unbind());
    expect(await probe.as(client, (session) => session.uid)).toBeUndefined();
    expect([await sessions.isBound('ann'), sessions.getBoundUsersCount()]).toEqual([false, 0]);
  });

  it('may be bound again to the same session, another one may not', async () => {
    const { bound, probe } = await start();
    const client = await bound('ann');
    await probe.as(client, (session) => session.bind('ann'));
    await expect(probe.as(client, (session) => session.bind('bob'))).rejects.toMatchObject({
      reason: 'ALREADY_BOUND',
      code: 409,
    });
    expect(await probe.as(client, (session) => session.uid)).toBe('ann');
  });

  it('can only be unbound by its own name', async () => {
    const { bound, connect, probe } = await start();
    const client = await bound('ann');
    const wrong = probe.as(client, (session) => session.unbind('bob'));
    await expect(wrong).rejects.toMatchObject({ reason: 'NOT_BOUND', code: 409 });
    const guest = await connect();
    await expect(probe.as(guest, (session) => session.unbind())).rejects.toMatchObject({
      reason: 'NOT_BOUND',
    });
    expect(await probe.as(client, (session) => session.uid)).toBe('ann');
  });

  it.each([
    ['128 characters', 'x'.repeat(128)],
    ['an emoji', '😀'],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
  ])('may be %s', async (_name, uid) => {
    const { bound, sessions } = await start();
    await bound(uid);
    expect(sessions.getByUid(uid)).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['129 characters', 'x'.repeat(129)],
    ['empty', ''],
    ['a line feed', 'ann\nbob'],
    ['a NUL', 'ann\0'],
    ['half an emoji', '\ud83d'],
    ['a number', 5],
    ['an object', {}],
    ['a list', ['ann']],
    ['null', null],
    ['undefined', undefined],
  ])('must not be %s', async (_name, uid) => {
    const { connect, probe, sessions } = await start();
    const client = await connect();
    // The one boundary where a test gives what the types forbid, as plain JavaScript could.
    const bind = probe.as(client, (session) => session.bind(uid as string));
    await expect(bind).rejects.toMatchObject({ reason: 'BAD_UID', code: 400 });
    expect([sessions.getBoundUsersCount(), sessions.getByUid(uid as string)]).toEqual([0, []]);
  });

  it('follows limits.uidLength: the limit passes, one more does not', async () => {
    const { connect, probe } = await start({ limits: { uidLength: 3 } });
    const client = await connect();
    const tooLong = probe.as(client, (session) => session.bind('abcd'));
    await expect(tooLong).rejects.toMatchObject({ reason: 'BAD_UID' });
    await probe.as(client, (session) => session.bind('abc'));
  });
});

describe('sessions.single', () => {
  it('false lets a user have many sessions', async () => {
    const { bound, sessions } = await start();
    await bound('ann');
    await bound('ann');
    expect(sessions.getByUid('ann')).toHaveLength(2);
    expect([sessions.getBoundUsersCount(), sessions.getSessionsCount()]).toEqual([1, 2]);
  });

  it('kickOld sends the old client away, told why, and keeps the new one', async () => {
    const { bound, connect, probe, sessions } = await start({ sessions: { single: 'kickOld' } });
    const old = await bound('ann');
    const kicked = nextEvent(old, 'kick');
    const closed = nextEvent(old, 'close');
    const young = await connect();
    await probe.as(young, (session) => session.bind('ann'));
    expect(await kicked).toMatchObject({ reason: 'replaced', body: { reason: 'replaced', code: 4409 } });
    await closed;
    await until(() => sessions.getSessionsCount() === 1);
    expect(sessions.getByUid('ann').map(({ id }) => id)).toEqual([await probe.as(young, ({ id }) => id)]);
  });

  it('kickOld leaves a user alone who binds the same uid again', async () => {
    const { bound, probe } = await start({ sessions: { single: 'kickOld' } });
    const client = await bound('ann');
    await probe.as(client, (session) => session.bind('ann'));
    expect(await probe.as(client, (session) => session.uid)).toBe('ann');
  });

  it('refuseNew refuses the new session, which stays a guest, until the old one has left', async () => {
    const { bound, connect, probe, sessions } = await start({ sessions: { single: 'refuseNew' } });
    const old = await bound('ann');
    const young = await connect();
    const bind = (): Promise<void> => probe.as(young, (session) => session.bind('ann'));
    await expect(bind()).rejects.toMatchObject({ reason: 'UID_TAKEN', code: 409 });
    expect(await probe.as(young, (session) => session.isGuest)).toBe(true);
    await old.close();
    await until(() => sessions.getSessionsCount() === 1);
    await bind();
    expect(await probe.as(young, (session) => session.uid)).toBe('ann');
  });
});

describe('a session id', () => {
  it('is never given twice, not even after a restart', async () => {
    const ids = new Set<string>();
    for (let round = 0; round < 2; round += 1) {
      const { connect, probe, close } = await start();
      for (let index = 0; index < 10; index += 1) ids.add(await probe.as(await connect(), ({ id }) => id));
      await close();
    }
    expect(ids.size).toBe(20);
  });
});

describe('the view of a session', () => {
  it('knows where its client is, and shows no more than its values as JSON', async () => {
    const { bound, probe } = await start({ server: { id: 'connector-7' } });
    const client = await bound('ann');
    const view = await probe.as(client, (session) => session.set('rid', 'lobby'));
    expect(view).toBeInstanceOf(Session);
    expect([view.remoteAddress, view.frontendId, view.isConnected]).toEqual([
      '127.0.0.1',
      'connector-7',
      true,
    ]);
    expect(JSON.parse(JSON.stringify(view))).toEqual({
      id: view.id,
      frontendId: 'connector-7',
      uid: 'ann',
      settings: { rid: 'lobby' },
    });
  });

  it('is cloned with what it has, and its clone goes its own way', async () => {
    const { bound, probe } = await start();
    const client = await bound('ann');
    await probe.as(client, async (session) => {
      session.set('rid', 'lobby');
      const copy = session.clone().set('rid', 'cellar').delete('absent');
      expect([session.get('rid'), copy.get('rid'), copy.uid]).toEqual(['lobby', 'cellar', 'ann']);
      await copy.push('rid');
    });
    expect(await probe.as(client, (session) => session.get('rid'))).toBe('cellar');
  });

  it('takes over only values that it does not have, and lists them all', async () => {
    const { bound, probe } = await start();
    const client = await bound('ann');
    await probe.as(client, (session) => session.set({ rid: 'lobby', zero: 0 }).pushAll());
    const entries = await probe.as(client, (session) =>
      session.set('level', 1).delete('zero').setMissing({ rid: 'cellar', level: 2, zero: 3, x: 4 }).entries(),
    );
    expect(new Map(entries)).toEqual(new Map(Object.entries({ rid: 'lobby', level: 1, zero: 3, x: 4 })));
  });

  it('forgets by refresh what it changed, and sees what others pushed meanwhile', async () => {
    const { bound, probe, sessions } = await start();
    const client = await bound('ann');
    const view = await probe.as(client, (session) => session.set('rid', 'mine'));
    await sessions.import(view.id, 'level', 7);
    expect(await view.refresh()).toBe(true);
    expect(view.entries()).toEqual([['level', 7]]);
    await client.close();
    await until(() => sessions.getSessionsCount() === 0);
    expect(await view.refresh()).toBe(false);
  });

  it('is a guest when sessions.isGuest says so', async () => {
    const isGuest = (session: Session): boolean => session.uid?.startsWith('guest-') ?? true;
    const { bound, connect, probe } = await start({ sessions: { isGuest } });
    const clients = [await connect(), await bound('guest-7'), await bound('ann')];
    const judged = [];
    for (const client of clients) judged.push(await probe.as(client, (session) => session.isGuest));
    expect(judged).toEqual([true, true, false]);
  });
});
