import { SessionService, type Session } from 'nestjs-pomelo';
import type { PomeloClient } from 'nestjs-pomelo-client';
import { PackageType } from 'nestjs-pomelo-protocol';
import { nextEvent } from './client/next-event.js';
import { startApp, type RunningApp } from './support/pomelo-app.js';
import { RawClient, request } from './support/raw-client.js';
import { SessionProbe } from './support/session-probe.js';
import { until } from './support/until.js';

interface Fixture extends RunningApp {
  readonly probe: SessionProbe;
  readonly sessions: SessionService;
  /** A client with a session that has this uid. */
  readonly join: (uid: string) => Promise<{ client: PomeloClient; session: Session }>;
}

async function start(): Promise<Fixture> {
  const running = await startApp({ providers: [SessionProbe] });
  const probe = running.app.get(SessionProbe);
  const join = async (uid: string): Promise<{ client: PomeloClient; session: Session }> => {
    const client = await running.connect();
    const session = await probe.as(client, async (current) => {
      await current.bind(uid);
      return current;
    });
    return { client, session };
  };
  return { ...running, probe, sessions: running.app.get(SessionService), join };
}

describe('a kick', () => {
  it('reaches the client with its reason, and what was sent before it', async () => {
    const { join } = await start();
    const { client, session } = await join('ann');
    const order: string[] = [];
    client.on('onNews', () => order.push('news'));
    client.events.on('kick', ({ reason }) => order.push(reason));
    const closed = nextEvent(client, 'close');
    void session.send('onNews', {});
    await session.kick('cheating');
    expect(await closed).toMatchObject({ kicked: true, reason: 'KICKED' });
    expect(order).toEqual(['news', 'cheating']);
  });

  it('always arrives whole, also in the middle of requests: 50 times FIN and no reset', async () => {
    const { port, sessions } = await start();
    for (let round = 0; round < 50; round += 1) {
      const client = await RawClient.ready(port);
      await until(() => sessions.getSessionsCount() === 1);
      for (let id = 1; id <= 20; id += 1) client.send(request(id, 't.probe.run'));
      sessions.forEachSession((session) => void session.kick('out'));
      for (let id = 21; id <= 40; id += 1) client.send(request(id, 't.probe.run'));
      const last = (await client.rest()).at(-1);
      expect(last).toMatchObject({ type: PackageType.Kick, json: { reason: 'out' } });
      client.socket.end();
      expect(await client.closed).toBe(false);
      await until(() => sessions.getSessionsCount() === 0);
    }
  });

  it('is the last thing a client gets, whatever is sent after it', async () => {
    const { join } = await start();
    const { client, session } = await join('ann');
    let pushes = 0;
    client.on('onNews', () => (pushes += 1));
    const closed = nextEvent(client, 'close');
    await session.kick('out');
    await session.send('onNews', {});
    await session.kick('again');
    expect((await closed).error.body).toEqual({ reason: 'out' });
    expect(pushes).toBe(0);
  });

  it('by uid reaches every session of the user and nobody else', async () => {
    const { join, sessions } = await start();
    const [first, second, other] = [await join('ann'), await join('ann'), await join('bob')];
    const kicks = Promise.all([nextEvent(first.client, 'kick'), nextEvent(second.client, 'kick')]);
    expect(await sessions.kick('ann', 'out')).toBe(2);
    expect((await kicks).map(({ reason }) => reason)).toEqual(['out', 'out']);
    await until(() => sessions.getSessionsCount() === 1);
    expect(other.session.isConnected).toBe(true);
    expect(await sessions.kick('nobody')).toBe(0);
  });

  it('by session id reaches that session only', async () => {
    const { join, sessions } = await start();
    const [first, second] = [await join('ann'), await join('ann')];
    const kicked = nextEvent(first.client, 'kick');
    expect(await sessions.kickBySessionId(first.session.id, 'out')).toBe(true);
    expect((await kicked).reason).toBe('out');
    await until(() => !first.session.isConnected);
    expect(second.session.isConnected).toBe(true);
    expect(await sessions.kickBySessionId('unknown')).toBe(false);
  });
});

describe('close', () => {
  it('ends the connection without a kick', async () => {
    const { join } = await start();
    const { client, session } = await join('ann');
    const closed = nextEvent(client, 'close');
    await session.close();
    expect(await closed).toMatchObject({ kicked: false, reason: 'DISCONNECTED' });
  });
});

describe('SessionService', () => {
  it('finds sessions by id and by uid', async () => {
    const { join, sessions } = await start();
    const { session } = await join('ann');
    const second = await join('ann');
    expect(sessions.get(session.id)?.uid).toBe('ann');
    expect(sessions.get('unknown')).toBeUndefined();
    expect(sessions.getByUid('ann').map(({ id }) => id)).toEqual([session.id, second.session.id]);
    expect(sessions.getByUid('bob')).toEqual([]);
    expect(sessions.getClientAddressBySessionId(session.id)).toBe('127.0.0.1');
    expect(sessions.getClientAddressBySessionId('unknown')).toBeUndefined();
  });

  it('binds and unbinds by session and by id, and says when there is no such session', async () => {
    const { connect, probe, sessions } = await start();
    const client = await connect();
    const session = await probe.as(client, (current) => current);
    await sessions.bind(session, 'ann');
    expect([session.uid, await sessions.isBound('ann')]).toEqual(['ann', true]);
    await sessions.unbind(session.id, 'ann');
    expect(await sessions.isBound('ann')).toBe(false);
    await sessions.bind(session.id, 'bob');
    expect(await probe.as(client, ({ uid }) => uid)).toBe('bob');
    await expect(sessions.bind('unknown', 'x')).rejects.toMatchObject({ reason: 'SESSION_CLOSED' });
    await expect(sessions.unbind('unknown', 'x')).rejects.toMatchObject({ reason: 'SESSION_CLOSED' });
  });

  it('writes values of a session that no message is about', async () => {
    const { join, probe, sessions } = await start();
    const { client, session } = await join('ann');
    await sessions.import(session.id, 'room', 'lobby');
    await sessions.importAll(session.id, { level: 3, rank: 'a' });
    const settings = await probe.as(client, (current) => current.toJSON().settings);
    expect(settings).toEqual({ room: 'lobby', level: 3, rank: 'a' });
    await expect(sessions.import('unknown', 'a', 1)).rejects.toMatchObject({ reason: 'SESSION_CLOSED' });
  });

  it('counts and visits sessions, all or those with a uid', async () => {
    const { connect, join, probe, sessions } = await start();
    const guest = await connect();
    await probe.as(guest, () => undefined);
    const { session } = await join('ann');
    const all: (string | undefined)[] = [];
    sessions.forEachSession(({ uid }) => all.push(uid));
    expect(all).toEqual([undefined, 'ann']);
    const bound: string[] = [];
    sessions.forEachBindedSession(({ id }) => bound.push(id));
    expect(bound).toEqual([session.id]);
    expect([sessions.getSessionsCount(), sessions.getBoundUsersCount()]).toEqual([2, 1]);
  });

  it('sends to one session or to all of a user, and says whether anybody was there', async () => {
    const { join, sessions } = await start();
    const [first, second] = [await join('ann'), await join('ann')];
    const one = first.client.once('onOne');
    expect(await sessions.sendMessage(first.session.id, 'onOne', { n: 1 })).toBe(true);
    expect(await one).toEqual({ n: 1 });
    const both = Promise.all([first.client.once('onBoth'), second.client.once('onBoth')]);
    expect(await sessions.sendMessageByUid('ann', 'onBoth', { n: 2 })).toBe(true);
    expect(await both).toEqual([{ n: 2 }, { n: 2 }]);
    expect(await sessions.sendMessage('unknown', 'onOne', {})).toBe(false);
    expect(await sessions.sendMessageByUid('nobody', 'onOne', {})).toBe(false);
  });

  it('rejects a push that cannot be written, and the session lives on', async () => {
    const { join, probe, sessions } = await start();
    const { client, session } = await join('ann');
    await expect(session.send('onNews', { gold: 1n })).rejects.toThrow(TypeError);
    await expect(sessions.sendMessage(session.id, 'onNews', { gold: 1n })).rejects.toThrow(TypeError);
    expect(await probe.as(client, ({ isConnected }) => isConnected)).toBe(true);
  });
});
