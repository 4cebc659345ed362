import type { ClusterDriver } from 'nestjs-pomelo';
import { until } from '../until.js';
import { acquainted, arrived, backend, frontend, inAnyOrder, type ChannelServer } from './channel-servers.js';

interface Fleet {
  readonly one: ChannelServer;
  readonly two: ChannelServer;
  readonly room: ChannelServer;
  readonly all: readonly ChannelServer[];
}

const uidsOf = (members: readonly { uid: string }[]): string[] => members.map(({ uid }) => uid).toSorted();

/** What cluster-wide channels promise, on any engine. */
export function globalChannelsSuite(engine: string, makeCluster: () => Promise<ClusterDriver>): void {
  /** Two frontends and a backend. */
  async function start(): Promise<Fleet> {
    const cluster = await makeCluster();
    const one = await frontend(cluster, 'connector-1');
    const two = await frontend(cluster, 'connector-2');
    const room = await backend(cluster, 'room-1');
    const all = [one, two, room];
    await acquainted(...all);
    return { one, two, room, all };
  }

  describe(`a cluster-wide channel, on ${engine}`, () => {
    it('is joined at a frontend, from a backend, and by uid from anywhere, and pushed to from every server', async () => {
      const { one, two, room, all } = await start();
      const [ann, bob, eve] = [await one.visit('ann'), await two.visit('bob'), await two.visit('eve')];
      const outside = await one.visit('out');
      expect(await one.globals.add('world', ann.session)).toBe(true);
      expect(await room.probe.as(bob.client, (session) => room.globals.add('world', session))).toBe(true);
      expect(await one.globals.add('world', 'eve')).toBe(true);
      for (const { globals, id } of all) expect(await globals.pushMessage('world', 'onChat', id)).toBe(2);
      for (const server of all) await arrived(server);
      for (const visitor of [ann, bob, eve])
        expect(await inAnyOrder(visitor)).toEqual(all.map(({ id }) => id));
      expect(await outside.received()).toEqual([]);
    });

    it('has the sessions that a user has now, on all servers or on one', async () => {
      const { one, two, room } = await start();
      const [first, second] = [await one.visit('ann'), await two.visit('ann')];
      expect(await room.globals.add('one', 'ann', one.id)).toBe(true);
      expect(await room.globals.add('both', 'ann')).toBe(true);
      for (const name of ['one', 'both']) await room.globals.pushMessage(name, 'onChat', name);
      await arrived(room);
      expect([await first.received(), await second.received()]).toEqual([['one', 'both'], ['both']]);
      expect(await room.globals.leave('both', 'ann', two.id)).toBe(true);
      expect(await room.globals.getMembersBySid('both', two.id)).toEqual([]);
      expect(await room.globals.leave('both', 'ann')).toBe(true);
      expect(await room.globals.leave('both', 'ann')).toBe(false);
      expect(await room.globals.count('both')).toEqual({ users: 0, unreachable: [] });
    });

    it('takes nobody who is not there, and no guest', async () => {
      const { one, two, room } = await start();
      const [guest, ann] = [await one.visit(), await two.visit('ann')];
      expect(await room.globals.add('world', 'nobody')).toBe(false);
      expect(await room.globals.add('world', 'ann', one.id)).toBe(false);
      expect(await one.globals.add('world', guest.session)).toBe(false);
      expect(await room.probe.as(guest.client, (session) => room.globals.add('world', session))).toBe(false);
      const remote = await room.probe.as(ann.client, (session) => session);
      await ann.client.close();
      await until(() => two.sessions.getSessionsCount() === 0);
      expect(await room.globals.add('world', remote)).toBe(false);
      expect(await two.globals.add('world', ann.session)).toBe(false);
      expect(await room.globals.add('world', 'ann')).toBe(false);
      expect(await room.globals.count('world')).toEqual({ users: 0, unreachable: [] });
    });

    it('is left by session, from wherever, and by a session that closes', async () => {
      const { one, two, room } = await start();
      const [ann, bob, eve] = [await one.visit('ann'), await two.visit('bob'), await two.visit('eve')];
      for (const uid of ['ann', 'bob', 'eve']) expect(await room.globals.add('world', uid)).toBe(true);
      expect(await one.globals.leave('world', ann.session)).toBe(true);
      expect(await one.globals.leave('world', ann.session)).toBe(false);
      const leave = (): Promise<boolean> =>
        room.probe.as(bob.client, (session) => room.globals.leave('world', session));
      expect([await leave(), await leave()]).toEqual([true, false]);
      expect(await one.globals.count('world')).toEqual({ users: 1, unreachable: [] });
      await eve.client.close();
      await until(() => two.sessions.getSessionsCount() === 1);
      expect(await one.globals.count('world')).toEqual({ users: 0, unreachable: [] });
    });

    it('tells who is in it, and where', async () => {
      const { one, two, room } = await start();
      for (const server of [one, two]) await server.visit('ann');
      await two.visit('bob');
      for (const uid of ['ann', 'bob']) await room.globals.add('world', uid);
      const { members, unreachable } = await room.globals.getMembersByChannelName('world');
      expect(unreachable).toEqual([]);
      expect(uidsOf(members)).toEqual(['ann', 'ann', 'bob']);
      expect(members).toContainEqual({ uid: 'ann', sid: one.id });
      expect((await room.globals.getMembersBySid('world', two.id)).toSorted()).toEqual(['ann', 'bob']);
      expect(await room.globals.count('world')).toEqual({ users: 3, unreachable: [] });
      expect(await room.channels.pushMessageByUids('onChat', 1, members)).toEqual([]);
    });

    it('loses nobody when the servers end that made it, but the users of a frontend that ends', async () => {
      const { one, two, room } = await start();
      const ann = await one.visit('ann');
      await two.visit('bob');
      for (const uid of ['ann', 'bob']) await room.globals.add('world', uid);
      await room.close();
      await until(() => one.registry.get(room.id) === undefined);
      expect((await one.globals.count('world')).users).toBe(2);
      await two.close();
      await until(() => one.registry.get(two.id) === undefined);
      expect(await one.globals.pushMessage('world', 'onChat', 1)).toBe(1);
      expect(await ann.received()).toEqual([1]);
      expect(await one.globals.count('world')).toEqual({ users: 1, unreachable: [] });
    });

    it('is empty after it was destroyed, and others are not', async () => {
      const { one, two, room } = await start();
      await one.visit('ann');
      await two.visit('bob');
      for (const uid of ['ann', 'bob'])
        for (const name of ['world', 'hall']) await room.globals.add(name, uid);
      expect(await room.globals.destroyChannel('world')).toEqual([]);
      expect((await room.globals.count('world')).users).toBe(0);
      expect((await room.globals.count('hall')).users).toBe(2);
    });

    it('reaches frontends of any types once each', async () => {
      const cluster = await makeCluster();
      const plans: [string, string[]][] = [
        ['a-1', ['gate', 'connector']],
        ['a-2', ['connector']],
        ['a-3', ['gate', 'lobby']],
        ['a-4', []],
      ];
      const frontends: ChannelServer[] = [];
      for (const [id, types] of plans) frontends.push(await frontend(cluster, id, types));
      const room = await backend(cluster, 'room-1', ['t', 'gate', 'lobby']);
      const servers = [...frontends, room];
      await acquainted(...servers);
      const visitors = await Promise.all(frontends.map((server) => server.visit(`user of ${server.id}`)));
      for (const [index, { globals }] of frontends.entries())
        await globals.add('world', `user of ${plans[index]?.[0] ?? ''}`);
      for (const { globals, id } of servers) expect(await globals.pushMessage('world', 'onChat', id)).toBe(4);
      for (const server of servers) await arrived(server);
      for (const visitor of visitors) expect(await inAnyOrder(visitor)).toEqual(servers.map(({ id }) => id));
    });

    it('brings the pushes of a server in their order', async () => {
      const { one, room } = await start();
      const ann = await one.visit('ann');
      await room.globals.add('world', 'ann');
      const lobby = room.channels.createChannel('lobby');
      lobby.add('ann', one.id);
      for (let count = 0; count < 20; count += 2) {
        void room.globals.pushMessage('world', 'onChat', count);
        void lobby.pushMessage('onChat', count + 1);
      }
      await arrived(room);
      expect(await ann.received()).toEqual(Array.from({ length: 20 }, (_, index) => index));
    });
  });
}
