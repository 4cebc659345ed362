import { Inject, Injectable, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  ChannelAccess,
  ChannelPolicy,
  ChannelService,
  GlobalChannelAccess,
  GlobalChannelService,
  Handler,
  memory,
  PomeloException,
  type ChannelRules,
  type Session,
} from 'nestjs-pomelo';
import type { PomeloClient } from 'nestjs-pomelo-client';
import { ask } from './support/ask.js';
import { refusalOf, startApp, type AppSetup, type RunningApp } from './support/pomelo-app.js';
import { rejectsDuring } from './support/rejects.js';

/** Where the members of rooms are written down. */
@Injectable()
class Invitations {
  readonly to = new Map([['room.1', new Set(['ann', 'bob'])]]);
}

@ChannelPolicy('room.*')
class RoomPolicy implements ChannelRules {
  constructor(private readonly invitations: Invitations) {}
  async canJoin({ uid }: Session, channel: string): Promise<boolean> {
    return this.invitations.to.get(channel)?.has(uid ?? '') ?? false;
  }
  canPublish({ uid }: Session, channel: string, route: string, body: unknown): boolean {
    return route === 'onSay' && body !== 'rude' && this.invitations.to.get(channel)?.has(uid ?? '') === true;
  }
}

@ChannelPolicy('room.vip.*')
class VipPolicy implements ChannelRules {
  canJoin(): boolean {
    throw new PomeloException(402, 'Pay first');
  }
}

@ChannelPolicy('news')
class NewsPolicy implements ChannelRules {
  canJoin(): boolean {
    return true;
  }
}

@ChannelPolicy('broken')
class BrokenPolicy implements ChannelRules {
  canJoin(): boolean {
    throw new TypeError('password=hunter2');
  }
  // An answer that is no yes.
  canPublish(): boolean {
    return 'yes' as unknown as boolean;
  }
}

interface Wish {
  readonly name: string;
  readonly route?: string;
  readonly body?: unknown;
}

@Handler('t.room')
class Room {
  constructor(private readonly access: ChannelAccess) {}
  @Handler() join(session: Session, { name }: Wish): Promise<boolean> {
    return this.access.join(session, name);
  }
  @Handler() leave(session: Session, { name }: Wish): Promise<boolean> {
    return this.access.leave(session, name);
  }
  @Handler() publish(session: Session, { name, route = 'onSay', body }: Wish): Promise<string[]> {
    return this.access.publish(session, name, route, body);
  }
}

@Handler('t.global')
class World {
  constructor(private readonly access: GlobalChannelAccess) {}
  @Handler() join(session: Session, { name }: Wish): Promise<boolean> {
    return this.access.join(session, name);
  }
  @Handler() leave(session: Session, { name }: Wish): Promise<boolean> {
    return this.access.leave(session, name);
  }
  @Handler() publish(session: Session, { name, route = 'onSay', body }: Wish): Promise<number> {
    return this.access.publish(session, name, route, body);
  }
}

@Handler('connector.login')
class Login {
  @Handler() async bind(session: Session, uid: string): Promise<void> {
    await session.bind(uid);
  }
}

const POLICIES = [RoomPolicy, VipPolicy, NewsPolicy, BrokenPolicy];
const FORBIDDEN = { code: 403, msg: 'Not allowed.' };

async function start(setup: AppSetup = {}): Promise<RunningApp> {
  const providers = [Invitations, ...POLICIES, Room, World, Login];
  const running = await startApp({ providers, ...setup });
  for (const name of ['room.1', 'news', 'broken', 'secret'])
    running.app.get(ChannelService).createChannel(name);
  return running;
}

async function enter({ connect }: RunningApp, uid: string): Promise<PomeloClient> {
  const client = await connect();
  await client.request('connector.login.bind', uid);
  return client;
}

describe.each([
  ['a server', 't.room'],
  ['the whole cluster', 't.global'],
])('a channel of %s', (_name, handler) => {
  it('lets in whom its policy lets in, who get what those push who may', async () => {
    const running = await start();
    const [ann, bob] = [await enter(running, 'ann'), await enter(running, 'bob')];
    for (const client of [ann, bob])
      expect(await ask(client, `${handler}.join`, { name: 'room.1' })).toBe(true);
    const said = ann.once('onSay');
    await bob.request(`${handler}.publish`, { name: 'room.1', body: 'hello' });
    expect(await said).toBe('hello');
    expect(await ask(bob, `${handler}.leave`, { name: 'room.1' })).toBe(true);
    expect(await ask(bob, `${handler}.leave`, { name: 'room.1' })).toBe(false);
  });

  it('is closed to everybody else: 403, and counted', async () => {
    const running = await start();
    const rejects = rejectsDuring('session');
    const eve = await enter(running, 'eve');
    const wishes = ['join', 'publish'].map((verb) => ask(eve, `${handler}.${verb}`, { name: 'room.1' }));
    expect(await Promise.all(wishes)).toEqual([FORBIDDEN, FORBIDDEN]);
    const refusal = { layer: 'session', reason: 'channel_denied', transport: 'tcp' };
    expect(rejects()).toEqual([refusal, refusal]);
    const members = await running.app.get(GlobalChannelService).getMembersByChannelName('room.1');
    expect([
      ...running.app.get(ChannelService).getChannel('room.1', true).getMembers(),
      ...members.members,
    ]).toEqual([]);
  });

  it.each([
    ['that no policy names', 'join', { name: 'secret' }, FORBIDDEN],
    ['whose policy says nothing of it', 'publish', { name: 'news' }, FORBIDDEN],
    ['whose policy looks at the route', 'publish', { name: 'room.1', route: 'onAdmin' }, FORBIDDEN],
    ['whose policy looks at the body', 'publish', { name: 'room.1', body: 'rude' }, FORBIDDEN],
    ['with a policy of a longer pattern', 'join', { name: 'room.vip.1' }, { code: 402, msg: 'Pay first' }],
    ['whose policy fails', 'join', { name: 'broken' }, { code: 500 }],
    ['whose policy does not say true', 'publish', { name: 'broken' }, FORBIDDEN],
    ['without a name', 'join', {}, FORBIDDEN],
    ['with an empty name', 'join', { name: '' }, FORBIDDEN],
    ['whose name is a list', 'join', { name: ['room.1'] }, FORBIDDEN],
    ['whose name forges a line of a log', 'join', { name: 'room.1\nroot' }, FORBIDDEN],
    ['that is named like what every object has', 'join', { name: '__proto__' }, FORBIDDEN],
  ])('is closed to clients: one %s', async (_what, verb, wish, answer) => {
    const ann = await enter(await start(), 'ann');
    expect(await ask(ann, `${handler}.${verb}`, wish)).toEqual(answer);
  });

  it('takes no guest', async () => {
    const guest = await (await start()).connect();
    expect(await ask(guest, `${handler}.join`, { name: 'news' })).toBe(false);
  });
});

describe('a channel that is not there', () => {
  it('is not made by clients, and nobody gets what they push to it', async () => {
    const running = await start();
    const ann = await enter(running, 'ann');
    running.app.get(Invitations).to.set('room.2', new Set(['ann']));
    expect(await ask(ann, 't.room.join', { name: 'room.2' })).toBe(false);
    expect(await ask(ann, 't.room.publish', { name: 'room.2' })).toEqual([]);
    expect(running.app.get(ChannelService).getChannel('room.2')).toBeUndefined();
  });
});

describe('limits.channelNameLength', () => {
  it('lets a name of that length pass, and refuses a longer one before any policy', async () => {
    const running = await start({
      providers: [Login, Invitations, RoomPolicy, Room, World],
      options: { limits: { channelNameLength: 6 } },
    });
    running.app.get(Invitations).to.set('room.12', new Set(['ann']));
    const ann = await enter(running, 'ann');
    expect(await ask(ann, 't.global.join', { name: 'room.1' })).toBe(true);
    expect(await ask(ann, 't.global.join', { name: 'room.12' })).toEqual(FORBIDDEN);
  });
});

describe('channels of a server without clients', () => {
  it('know the sessions of other servers, and ask the policies where the handler runs', async () => {
    const cluster = memory();
    const providers = [Invitations, ...POLICIES, Room, World, Login];
    const front = await start({
      providers: [Login, Room, World],
      options: { cluster, server: { id: 'front', types: ['connector'] } },
    });
    await start({
      providers,
      options: { cluster, server: { id: 'back', types: ['t'] }, connectors: [] },
    });
    const [ann, eve] = [await enter(front, 'ann'), await enter(front, 'eve')];
    for (const handler of ['t.room', 't.global']) {
      expect(await ask(ann, `${handler}.join`, { name: 'room.1' })).toBe(true);
      expect(await ask(eve, `${handler}.join`, { name: 'room.1' })).toEqual(FORBIDDEN);
      const said = ann.once('onSay');
      await ann.request(`${handler}.publish`, { name: 'room.1', body: handler });
      expect(await said).toBe(handler);
    }
  });
});

describe('a channel policy that cannot be', () => {
  it.each(['', 'a*b', '*a', '**'])('is refused as it is written: "%s"', async (pattern) => {
    expect(await refusalOf(() => ChannelPolicy(pattern))).toContain('@ChannelPolicy() is ');
  });

  it('stops the start: two of one pattern', async () => {
    @ChannelPolicy('news')
    class Second implements ChannelRules {}
    expect(await refusalOf(() => startApp({ providers: [NewsPolicy, Second] }))).toBe(
      'The channel policies NewsPolicy and Second are both of "news". Change one of them.',
    );
  });

  it('stops the start: one that is made anew for every message', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Scoped {
      constructor(@Inject(REQUEST) readonly request: unknown) {}
    }
    @ChannelPolicy('x')
    class ScopedPolicy implements ChannelRules {
      constructor(readonly scoped: Scoped) {}
      canJoin(): boolean {
        return true;
      }
    }
    expect(await refusalOf(() => startApp({ providers: [Scoped, ScopedPolicy] }))).toContain(
      'ScopedPolicy has @ChannelPolicy() but its class, or something that it injects, is of request scope',
    );
  });
});
