import { Channel, ChannelService, SessionService, type Session } from 'nestjs-pomelo';
import type { PomeloClient } from 'nestjs-pomelo-client';
import { startApp, type RunningApp } from './support/pomelo-app.js';
import { SessionProbe } from './support/session-probe.js';
import { until } from './support/until.js';

const HERE = 'server-1';

interface Joined {
  readonly client: PomeloClient;
  readonly session: Session;
  /** The bodies of the `onChat` pushes that came so far; a round trip makes sure that all have. */
  readonly received: () => Promise<unknown[]>;
}

interface Fixture extends RunningApp {
  readonly channels: ChannelService;
  readonly sessions: SessionService;
  readonly probe: SessionProbe;
  readonly join: (uid?: string) => Promise<Joined>;
}

async function start(): Promise<Fixture> {
  const running = await startApp({ providers: [SessionProbe] });
  const probe = running.app.get(SessionProbe);
  const join = async (uid?: string): Promise<Joined> => {
    const client = await running.connect();
    const bodies: unknown[] = [];
    client.on('onChat', (body) => bodies.push(body));
    const session = await probe.as(client, async (current) => {
      if (uid !== undefined) await current.bind(uid);
      return current;
    });
    const received = async (): Promise<unknown[]> => {
      await client.request('t.probe.run');
      return bodies;
    };
    return { client, session, received };
  };
  const [channels, sessions] = [running.app.get(ChannelService), running.app.get(SessionService)];
  return { ...running, channels, sessions, probe, join };
}

function isLevelNine(session: Session): boolean {
  return session.get('level') === 9;
}

function failing(): never {
  throw new Error('filter');
}

describe('a channel', () => {
  it('is made once a name, found again and gone after destroy', async () => {
    const { channels } = await start();
    expect(channels.getChannel('lobby')).toBeUndefined();
    const lobby = channels.createChannel('lobby');
    expect(lobby).toBeInstanceOf(Channel);
    expect(channels.createChannel('lobby')).toBe(lobby);
    expect(channels.getChannel('lobby')).toBe(lobby);
    expect(channels.getChannel('hall', true).name).toBe('hall');
    expect(channels.destroyChannel('lobby')).toBe(true);
    expect(channels.getChannel('lobby')).toBeUndefined();
    expect(channels.destroyChannel('lobby')).toBe(false);
    expect(channels.createChannel('lobby')).not.toBe(lobby);
  });

  it('has names of any kind, such as __proto__', async () => {
    const { channels } = await start();
    expect(channels.getChannel('__proto__')).toBeUndefined();
    expect(channels.getChannel('constructor')).toBeUndefined();
    expect(channels.createChannel('__proto__').getUserAmount()).toBe(0);
  });

  it('reaches every member once, however often it was added, and nobody else', async () => {
    const { channels, join } = await start();
    const [ann, bob, guest] = [await join('ann'), await join('bob'), await join()];
    const lobby = channels.createChannel('lobby');
    expect([lobby.add(ann.session), lobby.add('ann', HERE), lobby.add(ann.session)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(lobby.add('bob', HERE)).toBe(true);
    expect(await lobby.pushMessage('onChat', { text: 'hi' })).toEqual([]);
    expect(await ann.received()).toEqual([{ text: 'hi' }]);
    expect(await bob.received()).toEqual([{ text: 'hi' }]);
    expect(await guest.received()).toEqual([]);
  });

  it('tells who is in it', async () => {
    const { channels, join } = await start();
    const lobby = channels.createChannel('lobby');
    lobby.add((await join('ann')).session);
    lobby.add('bob', 'connector-9');
    expect(lobby.getMembers()).toEqual(['ann', 'bob']);
    expect(lobby.getMember('ann')).toEqual({ uid: 'ann', sid: HERE });
    expect(lobby.getMember('bob')).toEqual({ uid: 'bob', sid: 'connector-9' });
    expect(lobby.getMember('carl')).toBeUndefined();
    expect(lobby.getUserAmount()).toBe(2);
  });

  it('takes no guests, no closed sessions and no uid without its server', async () => {
    const { channels, join } = await start();
    const lobby = channels.createChannel('lobby');
    expect(lobby.add((await join()).session)).toBe(false);
    expect(lobby.add('ann', '')).toBe(false);
    const left = await join('bob');
    await left.client.close();
    await until(() => !left.session.isConnected);
    expect(lobby.add(left.session)).toBe(false);
    expect(lobby.getMembers()).toEqual([]);
  });

  it('is left by uid, by uid and server, and by session', async () => {
    const { channels, join } = await start();
    const ann = await join('ann');
    const lobby = channels.createChannel('lobby');
    lobby.add(ann.session);
    expect(lobby.leave(ann.session)).toBe(true);
    expect(lobby.leave(ann.session)).toBe(false);
    lobby.add('ann', HERE);
    expect(lobby.leave('ann', 'connector-9')).toBe(false);
    expect(lobby.leave('ann', HERE)).toBe(true);
    lobby.add('ann', HERE);
    expect(lobby.leave('ann')).toBe(true);
    expect(lobby.leave('ann')).toBe(false);
    await lobby.pushMessage('onChat', {});
    expect(await ann.received()).toEqual([]);
  });

  it('is left by a session that closes, so that a member is never pushed to in vain', async () => {
    const { channels, join } = await start();
    const [ann, bob] = [await join('ann'), await join('bob')];
    const [lobby, hall] = [channels.createChannel('lobby'), channels.createChannel('hall')];
    for (const channel of [lobby, hall]) for (const { session } of [ann, bob]) channel.add(session);
    await ann.client.close();
    await until(() => lobby.getUserAmount() === 1);
    expect([lobby.getMembers(), hall.getMembers()]).toEqual([['bob'], ['bob']]);
    expect(await lobby.pushMessage('onChat', {})).toEqual([]);
  });

  it('is left by a session that closes after it was unbound', async () => {
    const { channels, join, probe } = await start();
    const ann = await join('ann');
    const lobby = channels.createChannel('lobby');
    lobby.add(ann.session);
    await probe.as(ann.client, (session) => session.unbind());
    await ann.client.close();
    await until(() => !ann.session.isConnected);
    expect(lobby.getMembers()).toEqual([]);
  });

  it('is left by a session that closes after it was bound to the uid of another member', async () => {
    const { channels, join, probe } = await start();
    const [ann, bob] = [await join('ann'), await join('bob')];
    const lobby = channels.createChannel('lobby');
    lobby.add(ann.session);
    lobby.add(bob.session);
    const renamed = await probe.as(ann.client, async (session) => {
      await session.unbind();
      await session.bind('bob');
      return session;
    });
    lobby.add(renamed);
    expect(lobby.getMembers()).toEqual(['bob']);
    await lobby.pushMessage('onChat', 1);
    expect(await ann.received()).toEqual([1]);
    await ann.client.close();
    await until(() => !ann.session.isConnected);
    lobby.leave(bob.session);
    expect(lobby.getMembers()).toEqual([]);
  });

  it('reaches all sessions of a user, and loses the user with the last of them', async () => {
    const { channels, join } = await start();
    const [first, second] = [await join('ann'), await join('ann')];
    const lobby = channels.createChannel('lobby');
    lobby.add(first.session);
    lobby.add(second.session);
    expect(lobby.getUserAmount()).toBe(1);
    await lobby.pushMessage('onChat', 1);
    expect([await first.received(), await second.received()]).toEqual([[1], [1]]);
    await first.client.close();
    await until(() => !first.session.isConnected);
    expect(lobby.getMembers()).toEqual(['ann']);
    await lobby.pushMessage('onChat', 2);
    expect(await second.received()).toEqual([1, 2]);
    lobby.leave(second.session);
    expect(lobby.getUserAmount()).toBe(0);
  });

  it('reaches only the session that joined, not the other one of the same user', async () => {
    const { channels, join } = await start();
    const [inside, outside] = [await join('ann'), await join('ann')];
    const lobby = channels.createChannel('lobby');
    lobby.add(inside.session);
    await lobby.pushMessage('onChat', 1);
    expect([await inside.received(), await outside.received()]).toEqual([[1], []]);
  });

  it('tells which uids were not reached', async () => {
    const { channels, join } = await start();
    const ann = await join('ann');
    const lobby = channels.createChannel('lobby');
    lobby.add(ann.session);
    lobby.add('offline', HERE);
    lobby.add('elsewhere', 'connector-9');
    expect(await lobby.pushMessage('onChat', 1)).toEqual(['offline', 'elsewhere']);
    expect(await ann.received()).toEqual([1]);
    expect(await channels.createChannel('empty').pushMessage('onChat', 1)).toEqual([]);
  });

  it('that is destroyed takes no members and rejects pushes', async () => {
    const { channels, join } = await start();
    const { session } = await join('ann');
    const lobby = channels.createChannel('lobby');
    lobby.add(session);
    lobby.destroy();
    lobby.destroy();
    expect([lobby.add(session), lobby.add('ann', HERE), lobby.getUserAmount()]).toEqual([false, false, 0]);
    await expect(lobby.pushMessage('onChat', 1)).rejects.toMatchObject({
      reason: 'CHANNEL_DESTROYED',
      code: 500,
    });
    const next = channels.createChannel('lobby');
    lobby.destroy();
    expect(channels.getChannel('lobby')).toBe(next);
  });

  it('rejects a body that cannot be written, and reaches nobody with half of it', async () => {
    const { channels, join } = await start();
    const ann = await join('ann');
    const lobby = channels.createChannel('lobby');
    lobby.add(ann.session);
    await expect(lobby.pushMessage('onChat', { gold: 1n })).rejects.toThrow(TypeError);
    expect(await ann.received()).toEqual([]);
  });
});

describe('pushMessageByUids', () => {
  it('reaches users that share no channel, and tells whom it did not reach', async () => {
    const { channels, join } = await start();
    const [ann, bob] = [await join('ann'), await join('bob')];
    const members = ['ann', 'bob', 'offline'].map((uid) => ({ uid, sid: HERE }));
    const missed = await channels.pushMessageByUids('onChat', 1, [...members, { uid: 'far', sid: 'x-9' }]);
    expect(missed).toEqual(['offline', 'far']);
    expect([await ann.received(), await bob.received()]).toEqual([[1], [1]]);
  });

  it('rejects an empty list', async () => {
    const { channels } = await start();
    const push = channels.pushMessageByUids('onChat', 1, []);
    await expect(push).rejects.toMatchObject({ reason: 'EMPTY_UIDS', code: 500 });
  });
});

describe('broadcastHere', () => {
  it('reaches every session once, guests too', async () => {
    const { channels, join } = await start();
    const all = [await join('ann'), await join('ann'), await join()];
    expect(await channels.broadcastHere('onChat', 1)).toBe(3);
    for (const { received } of all) expect(await received()).toEqual([1]);
  });

  it('reaches bound sessions only, and those that a filter lets through', async () => {
    const { channels, join, probe } = await start();
    const [ann, bob, guest] = [await join('ann'), await join('bob'), await join()];
    await probe.as(bob.client, (session) => session.set('level', 9).push('level'));
    expect(await channels.broadcastHere('onChat', 'bound', { bound: true })).toBe(2);
    expect(await channels.broadcastHere('onChat', 'level 9', { filter: isLevelNine })).toBe(1);
    expect(await ann.received()).toEqual(['bound']);
    expect(await bob.received()).toEqual(['bound', 'level 9']);
    expect(await guest.received()).toEqual([]);
  });

  it('rejects when its filter throws, and breaks nothing', async () => {
    const { channels, join } = await start();
    const ann = await join('ann');
    await expect(channels.broadcastHere('onChat', 1, { filter: failing })).rejects.toThrow('filter');
    expect(await ann.received()).toEqual([]);
  });

  it('without any session reaches nobody and is fine', async () => {
    const { channels } = await start();
    expect(await channels.broadcastHere('onChat', 1)).toBe(0);
  });
});
